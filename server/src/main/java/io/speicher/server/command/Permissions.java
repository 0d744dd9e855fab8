package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.Command;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.UserRequest;
import io.speicher.server.command.Access.Refusal;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who peers are, and what happens to commands that they may not execute. */
final class Permissions {
  private final CommandExecutor executor;
  private final ServerControl server;

  Permissions(CommandExecutor executor, ServerControl server) {
    this.executor = executor;
    this.server = server;
  }

  /** Why a command is refused to whoever asks, or null if it is not. */
  static @Nullable Refusal refusal(
      Rights rights, Session session, Dialect dialect, Command command) {
    return session.needsAuthentication()
        ? Access.refusalBeforeAuthentication(command)
        : Access.refusal(rights, dialect.commandName(), command);
  }

  /** Counts and logs a refusal, which is the reply. */
  Denied deny(Refusal refusal, Session session, Dialect dialect, Command command) {
    executor.count(Counter.ERRORS, 1);
    Denied denied = refusal.denied();
    if (denied != Denied.NOT_AUTHENTICATED) {
      executor.count(denied == Denied.KEY ? Counter.DENIED_KEYS : Counter.DENIED_COMMANDS, 1);
      String name = dialect.commandName();
      server.denied(
          session,
          session.userName(),
          denied,
          name.isEmpty() ? nameOf(command) : name,
          refusal.key());
    }
    return denied;
  }

  /** For a dialect without names. */
  private static String nameOf(Command command) {
    return command.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /** Logs in, when the password has been verified elsewhere. */
  Work authenticate(Command.Auth auth, Session session, Dialect dialect) {
    return new AwaitWork<>(
        dialect,
        server.verify(auth.user(), auth.password(), session.address()),
        user -> {
          if (user.isPresent() && server.has(user.get())) {
            session.user(user.get());
            return Reply.Done.DONE;
          }
          executor.count(Counter.ERRORS, 1);
          executor.count(Counter.DENIED_LOGINS, 1);
          server.denied(
              session, auth.user(), Denied.WRONG_PASSWORD, session.command().name(), null);
          return Denied.WRONG_PASSWORD;
        });
  }

  /** Shows or changes users. */
  Work manageUsers(UserRequest request, Session session, Dialect dialect) {
    CompletableFuture<Reply> reply =
        request instanceof UserRequest.Try attempt
            ? CompletableFuture.completedFuture(permission(attempt))
            : server.manage(request, session);
    return new AwaitWork<>(
        dialect,
        reply,
        done -> {
          if (!server.has(session.user())) {
            session.finish(); // It has removed itself.
          }
          return done;
        });
  }

  private Reply permission(UserRequest.Try attempt) {
    User user = server.user(attempt.name());
    if (user == null) {
      return Reply.Miss.MISS;
    }
    Refusal refusal = Access.refusal(user.rights(), attempt.commandName(), attempt.command());
    return refusal == null
        ? new Reply.Permission(null, null)
        : new Reply.Permission(refusal.denied(), refusal.key());
  }
}
