package io.speicher.client.exception;

/**
 * The thread was interrupted while it waited for the reply. It is still marked as interrupted. The
 * server may run the command, unless {@link #maybeExecuted} says that it was not even sent.
 */
public final class CallInterruptedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public CallInterruptedException(
      String message, boolean maybeExecuted, InterruptedException cause) {
    super(message, maybeExecuted, cause);
  }
}
