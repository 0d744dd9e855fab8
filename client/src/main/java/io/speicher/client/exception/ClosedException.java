package io.speicher.client.exception;

/**
 * The client was closed, before the call or while it waited: which of the two cannot always be told
 * apart, so both are this exception. The server may have run the command if {@link #maybeExecuted}
 * says so.
 */
public final class ClosedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public ClosedException(String message, boolean maybeExecuted) {
    super(message, maybeExecuted, null);
  }
}
