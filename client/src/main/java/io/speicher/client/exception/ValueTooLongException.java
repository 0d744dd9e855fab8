package io.speicher.client.exception;

/** The command would be longer than a frame may be. It was not sent. */
public final class ValueTooLongException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public ValueTooLongException(String message) {
    super(message, false, null);
  }
}
