package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;

/**
 * A command that is executed when those have been answered that are to be answered with it: its
 * reply is long, and others have waited for long ones already. It was looked at and not executed.
 */
final class PutOffWork extends LaterWork {
  private final CommandExecutor executor;
  private final Session session;
  private final Dialect dialect;
  private boolean hasWaited;

  PutOffWork(CommandExecutor executor, Session session, Dialect dialect, Command command) {
    super(command);
    this.executor = executor;
    this.session = session;
    this.dialect = dialect;
  }

  @Override
  boolean goOnBefore(ReplyBuffer out, long deadlineNanos) {
    if (!hasWaited) {
      hasWaited = true;
      return false;
    }
    long start = out.position();
    Work left = null;
    try {
      left = executor.beginPutOff(command(), session, dialect, out);
    } catch (MemoryShortageException e) {
      out.resetTo(start); // It is tried again as a whole.
      if (!session.share().hasReserve()) {
        throw e;
      }
      dialect.encode(new Reply.Failed(Reply.UNAVAILABLE, e.reason()), out);
    }
    return goOnWith(left, out, deadlineNanos);
  }

  @Override
  public boolean isLong() {
    Work begun = begun();
    return begun == null || begun.isLong();
  }

  @Override
  public boolean isBetweenReplies() {
    Work begun = begun();
    return begun == null || begun.isBetweenReplies();
  }

  /** Ends a look at an item from within the store, which then counts no use of it. */
  static final class PutOffException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PutOffException() {
      super(null, null, false, false);
    }
  }
}
