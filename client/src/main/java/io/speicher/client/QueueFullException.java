package io.speicher.client;

/**
 * As many commands as the client may keep wait for replies already, see {@link
 * SpeicherClient.Builder#maxPending}. The command was not sent. Callers should slow down.
 */
public final class QueueFullException extends SpeicherException {
  private static final long serialVersionUID = 1;

  QueueFullException(String message) {
    super(message, false, null);
  }
}
