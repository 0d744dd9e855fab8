package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Waits for another thread to say whether a password is right: its connection waits meanwhile, and
 * nobody else.
 */
final class AuthWork implements Work {
  private final Session session;
  private final Dialect dialect;
  private final CompletableFuture<Optional<User>> verified;

  AuthWork(Session session, Dialect dialect, CompletableFuture<Optional<User>> verified) {
    this.session = session;
    this.dialect = dialect;
    this.verified = verified;
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    if (!verified.isDone()) {
      return false;
    }
    Reply reply;
    try {
      Optional<User> user = verified.join();
      user.ifPresent(session::user);
      reply = user.isPresent() ? Reply.Done.DONE : Reply.Denied.WRONG_PASSWORD;
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      reply = new Reply.Failed(Reply.UNAVAILABLE, String.valueOf(cause.getMessage()));
    }
    dialect.encode(reply, out);
    return true;
  }

  @Override
  public boolean mayGoOn() {
    return verified.isDone();
  }

  @Override
  public void whenItMayGoOn(Runnable action) {
    verified.whenComplete((user, failure) -> action.run());
  }

  /** What it needs of the command was copied. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  /** Nobody wants to know any more. */
  @Override
  public void close() {
    verified.cancel(false);
  }
}
