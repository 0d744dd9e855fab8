package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Waits for another thread to find something out: its connection waits meanwhile, and nobody else.
 */
final class AwaitWork<T> implements Work {
  private final Dialect dialect;
  private final CompletableFuture<T> result;
  private final Function<T, Reply> reply;

  /**
   * @param reply what comes of the result, on the connection's event loop
   */
  AwaitWork(Dialect dialect, CompletableFuture<T> result, Function<T, Reply> reply) {
    this.dialect = dialect;
    this.result = result;
    this.reply = reply;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    if (!result.isDone()) {
      return false;
    }
    dialect.encode(reply(), out);
    return true;
  }

  private Reply reply() {
    try {
      return reply.apply(result.join());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Reply.Failed(Reply.UNAVAILABLE, String.valueOf(cause.getMessage()));
    }
  }

  @Override
  public boolean mayGoOn() {
    return result.isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    result.whenComplete((done, failure) -> action.run());
  }

  /** What it needs of the command was copied. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  /** Nobody wants to know any more. */
  @Override
  public void close() {
    result.cancel(false);
  }
}
