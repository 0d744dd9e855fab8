package io.speicher.client.exception;

/**
 * What came in reply to the command is not what the protocol allows: most likely something else
 * than a Speicher server listens there. The client has closed the connection, since nothing that
 * follows can be trusted, and connects again by itself.
 */
public final class MalformedReplyException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public MalformedReplyException(String message) {
    super(message, true, null);
  }
}
