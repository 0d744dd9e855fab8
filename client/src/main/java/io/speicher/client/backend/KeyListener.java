package io.speicher.client.backend;

/**
 * Is told which keys have changed on the server.
 *
 * <p><b>Threads.</b> Called on the thread that receives replies, before any reply that comes behind
 * is handed out: it must be quick, and must not call the backend.
 */
public interface KeyListener {
  /** The item of a key has changed, or may have. */
  void changed(String key);

  /** Any item may have changed. */
  void allChanged();
}
