package io.speicher.server.command;

import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import org.jspecify.annotations.Nullable;

/** A command that does not begin at once. When it has begun, this is what is left of it. */
abstract class LaterWork implements Work {
  private Command command;
  private @Nullable Work begun;

  LaterWork(Command command) {
    this.command = command;
  }

  final Command command() {
    return command;
  }

  /** What is left of the command; null before it has begun. */
  final @Nullable Work begun() {
    return begun;
  }

  /** Does what is to be done before the command begins, as {@link #goOn}. */
  abstract boolean goOnBefore(ReplyBuffer out, long deadlineNanos);

  /**
   * Goes on with the command, which has begun.
   *
   * @param left what is left of it, or null if it is done
   */
  final boolean goOnWith(@Nullable Work left, ReplyBuffer out, long deadlineNanos) {
    begun = left;
    return left == null || left.goOn(out, deadlineNanos);
  }

  @Override
  public final boolean goOn(ReplyBuffer out, long deadlineNanos) {
    return begun == null ? goOnBefore(out, deadlineNanos) : begun.goOn(out, deadlineNanos);
  }

  @Override
  public final void movedTo(Command same, ReplyBuffer out) {
    command = same;
    if (begun != null) {
      begun.movedTo(same, out);
    }
  }

  @Override
  public final boolean waitsUntilSent() {
    return begun != null && begun.waitsUntilSent();
  }

  @Override
  public final boolean mayGoOn() {
    return begun == null || begun.mayGoOn();
  }

  @Override
  public final void whenItMayGoOn(Runnable action) {
    if (begun == null) {
      action.run();
    } else {
      begun.whenItMayGoOn(action);
    }
  }

  @Override
  public final void close() {
    if (begun != null) {
      begun.close();
    }
  }
}
