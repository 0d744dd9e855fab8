package io.speicher.client.exception;

/**
 * The commands that wait for replies take as much memory as they may. The command was not sent.
 * Callers should slow down.
 */
public final class QueueFullException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public QueueFullException(String message) {
    super(message, false, null);
  }
}
