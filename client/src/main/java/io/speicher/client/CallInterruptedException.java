package io.speicher.client;

/**
 * The thread was interrupted while it waited for the reply. It is still marked as interrupted. The
 * server may run the command or not.
 */
public final class CallInterruptedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  CallInterruptedException(String message, InterruptedException cause) {
    super(message, true, cause);
  }
}
