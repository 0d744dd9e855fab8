package io.speicher.client.exception;

/**
 * The last calls have all failed, and the breaker does not let another one try for a while. The
 * command was not sent.
 */
public final class BreakerOpenException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public BreakerOpenException(String message) {
    super(message, false, null);
  }
}
