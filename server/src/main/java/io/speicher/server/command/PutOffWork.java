package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import org.jspecify.annotations.Nullable;

/**
 * A command that is executed when those have been answered that are to be answered with it: its
 * reply is long, and others have waited for long ones already. It was looked at and not executed.
 */
final class PutOffWork implements Work {
  private final CommandExecutor executor;
  private final Session session;
  private final Dialect dialect;
  private Command command;
  private boolean hasWaited;

  /** What is left of the command, once that has begun. */
  private @Nullable Work rest;

  PutOffWork(CommandExecutor executor, Session session, Dialect dialect, Command command) {
    this.executor = executor;
    this.session = session;
    this.dialect = dialect;
    this.command = command;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    if (!hasWaited) {
      hasWaited = true;
      return false;
    }
    if (rest != null) {
      return rest.goOn(out, deadlineNanos);
    }
    long start = out.position();
    try {
      rest = executor.beginPutOff(command, session, dialect, out);
    } catch (MemoryShortageException e) {
      out.resetTo(start); // It is tried again as a whole.
      if (!session.share().hasReserve()) {
        throw e;
      }
      dialect.encode(new Reply.Failed(Reply.UNAVAILABLE, e.reason()), out);
    }
    return rest == null || rest.goOn(out, deadlineNanos);
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    command = same;
    if (rest != null) {
      rest.movedTo(same, out);
    }
  }

  @Override
  public boolean isLong() {
    return rest == null || rest.isLong();
  }

  @Override
  public boolean isBetweenReplies() {
    return rest == null || rest.isBetweenReplies();
  }

  @Override
  public boolean waitsUntilSent() {
    return rest != null && rest.waitsUntilSent();
  }

  @Override
  public boolean mayGoOn() {
    return rest == null || rest.mayGoOn();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    if (rest == null) {
      action.run();
    } else {
      rest.whenItMayGoOn(action);
    }
  }

  @Override
  public void close() {
    if (rest != null) {
      rest.close();
    }
  }

  /** Ends a look at an item from within the store, which then counts no use of it. */
  static final class PutOffException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PutOffException() {
      super(null, null, false, false);
    }
  }
}
