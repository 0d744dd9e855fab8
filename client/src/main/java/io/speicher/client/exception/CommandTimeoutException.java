package io.speicher.client.exception;

/**
 * The reply did not come in time. When it comes later, it is thrown away. The server may have run
 * the command, unless {@link #maybeExecuted} says that it was not even sent.
 */
public final class CommandTimeoutException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public CommandTimeoutException(String message, boolean maybeExecuted) {
    super(message, maybeExecuted, null);
  }
}
