package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import java.util.List;

/** Executes commands one after the other, each answered as an element of a batch. */
final class BatchWork implements Work {
  private final CommandExecutor executor;
  private final Session session;
  private final Dialect dialect;
  private List<? extends Command> commands;
  private int done;

  BatchWork(
      CommandExecutor executor,
      Session session,
      Dialect dialect,
      List<? extends Command> commands) {
    this.executor = executor;
    this.session = session;
    this.dialect = dialect;
    this.commands = commands;
  }

  void begin(ReplyBuffer out) {
    dialect.beginBatch(commands.size(), out);
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    commands = ((Command.Batch) same).commands();
    long start = out.position();
    begin(out);
    out.resetTo(start);
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    long start = out.position();
    int size = commands.size();
    while (done < size) {
      dialect.turnTo(done);
      executor.executeWhole(commands.get(done), session, dialect, out);
      done++;
      boolean isOver =
          out.position() - start >= SLICE_BYTES || System.nanoTime() - deadlineNanos >= 0;
      if (isOver && done < size && dialect.streams()) {
        return false;
      }
    }
    dialect.endBatch(out);
    return true;
  }
}
