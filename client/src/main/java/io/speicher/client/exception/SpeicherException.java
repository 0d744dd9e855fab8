package io.speicher.client.exception;

import org.jspecify.annotations.Nullable;

/**
 * A command did not get its answer. A miss is an answer, so it never surfaces as an exception.
 *
 * <p>The message names the operation, the server and the time that has passed where they help, and
 * never a key or a value.
 */
public abstract sealed class SpeicherException extends RuntimeException
    permits BreakerOpenException,
        CallInterruptedException,
        ClosedException,
        CodecException,
        CommandTimeoutException,
        ConnectFailedException,
        ConnectionLostException,
        ContendedException,
        MalformedReplyException,
        QueueFullException,
        RefusedException,
        ServerFailedException,
        ValueTooLongException {
  private static final long serialVersionUID = 1;

  private final boolean maybeExecuted;

  public SpeicherException(String message, boolean maybeExecuted, @Nullable Throwable cause) {
    super(message, cause);
    this.maybeExecuted = maybeExecuted;
  }

  /**
   * Whether the server may have run the command. If not, it certainly has changed nothing; if so, a
   * retry may run it a second time.
   */
  public boolean maybeExecuted() {
    return maybeExecuted;
  }
}
