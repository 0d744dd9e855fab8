package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Waits for what other nodes, or this one, answer to the parts of a command, which have all been
 * sent: its connection waits meanwhile, and nobody else.
 */
final class ClusterWork implements Work {
  /** What is made of the answers to the parts. */
  enum Form {
    /** There is one, which is the reply. */
    ONE,
    /** Each is an element of a batch. */
    EACH,
    /** Their numbers are added. */
    SUM,
    /** It is done if each of them is. */
    ALL
  }

  /** Stands for an element of a batch that is executed on this node, in its turn. */
  static final CompletableFuture<Reply> HERE = CompletableFuture.completedFuture(Reply.Done.DONE);

  private final CommandExecutor executor;
  private final Session session;
  private final Dialect dialect;
  private final Form form;

  private final List<CompletableFuture<Reply>> parts;

  private final CompletableFuture<?> all;
  private Command command;
  private boolean hasBegun;
  private int done;

  ClusterWork(
      CommandExecutor executor,
      Session session,
      Dialect dialect,
      Command command,
      Form form,
      List<CompletableFuture<Reply>> parts) {
    this.executor = executor;
    this.session = session;
    this.dialect = dialect;
    this.command = command;
    this.form = form;
    this.parts = parts;
    all = CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public boolean mayGoOn() {
    return all.isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    all.whenComplete((answers, failure) -> action.run());
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    if (!all.isDone()) {
      return false;
    }
    switch (form) {
      case ONE -> dialect.encode(answer(0), out);
      case SUM -> dialect.encode(sum(), out);
      case ALL -> dialect.encode(firstFailure(), out);
      case EACH -> writeEach(out);
    }
    return true;
  }

  private Reply answer(int index) {
    return parts.get(index).join();
  }

  /** The first answer that is no number, which is an error, is the reply. */
  private Reply sum() {
    long sum = 0;
    for (int i = 0; i < parts.size(); i++) {
      Reply answer = answer(i);
      if (!(answer instanceof Reply.Count count)) {
        return answer;
      }
      sum += count.number();
    }
    return new Reply.Count(sum);
  }

  private Reply firstFailure() {
    for (int i = 0; i < parts.size(); i++) {
      Reply answer = answer(i);
      if (!(answer instanceof Reply.Done)) {
        return answer;
      }
    }
    return Reply.Done.DONE;
  }

  /** If memory is short in the middle, it goes on where it was. */
  private void writeEach(ReplyBuffer out) {
    if (!hasBegun) {
      dialect.beginBatch(parts.size(), out);
      hasBegun = true;
    }
    for (; done < parts.size(); done++) {
      dialect.turnTo(done);
      if (isHere(parts.get(done))) {
        Command element = ((Command.Batch) command).commands().get(done);
        executor.executeWhole(element, session, dialect, out);
      } else {
        dialect.encode(answer(done), out);
      }
    }
    dialect.endBatch(out);
  }

  @SuppressWarnings("ReferenceEquality") // There is one such future.
  private static boolean isHere(CompletableFuture<Reply> part) {
    return part == HERE;
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    command = same;
  }
}
