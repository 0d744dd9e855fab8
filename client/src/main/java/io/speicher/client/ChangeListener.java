package io.speicher.client;

/**
 * Is told what others, and this program too, have changed on the server.
 *
 * <p><b>Threads.</b> Called on the thread that receives replies, before it hands out any reply that
 * comes behind: it must be quick, and must not call the client.
 */
public interface ChangeListener {
  /**
   * The value of a key has changed, or may have.
   *
   * @param key as callers of the cache know it
   */
  void changed(String key);

  /** Any value may have changed: the server says so, or the connection was lost. */
  void allChanged();
}
