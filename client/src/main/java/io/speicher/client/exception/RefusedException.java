package io.speicher.client.exception;

/**
 * The server says that the command is wrong (status 4xx). It has changed nothing, and sending it
 * again will not help.
 */
public final class RefusedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  private final int statusCode;

  public RefusedException(String message, int statusCode) {
    super(message, false, null);
    this.statusCode = statusCode;
  }

  /** The status of the reply, from 400 to 499. */
  public int statusCode() {
    return statusCode;
  }
}
