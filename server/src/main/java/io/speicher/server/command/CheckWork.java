package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.server.command.Access.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the rights on each of very many keys, and then has their command executed: nothing of it
 * is done if one key may not be used, and nobody waits until all have been looked at.
 */
final class CheckWork extends LaterWork {
  /** Fewer keys are looked at at once. */
  private static final int MANY_KEYS = 1_024;

  private static final int KEYS_AT_ONCE = 256;

  private final CommandExecutor executor;
  private final Session session;
  private final Dialect dialect;
  private final Rights rights;
  private int checked;

  private CheckWork(
      CommandExecutor executor, Session session, Dialect dialect, Rights rights, Command command) {
    super(command);
    this.executor = executor;
    this.session = session;
    this.dialect = dialect;
    this.rights = rights;
  }

  /** What looks at the rights on the keys of a command if these are many; else null. */
  static @Nullable Work begin(
      CommandExecutor executor, Session session, Dialect dialect, Rights rights, Command command) {
    return keyCount(command) < MANY_KEYS || session.needsAuthentication()
        ? null
        : new CheckWork(executor, session, dialect, rights, command);
  }

  private static int keyCount(Command command) {
    return switch (command) {
      case Command.GetAll get -> get.keys().size();
      case Command.CountPresent count -> count.keys().size();
      case Command.DeleteAll delete -> delete.keys().size();
      default -> 0; // They have fewer keys, or take all locks and are bounded for that.
    };
  }

  private static Command part(Command command, int from, int to) {
    return switch (command) {
      case Command.GetAll get -> new Command.GetAll(get.keys().subList(from, to), get.view());
      case Command.CountPresent count -> new Command.CountPresent(count.keys().subList(from, to));
      case Command.DeleteAll delete ->
          new Command.DeleteAll(delete.keys().subList(from, to), delete.condition());
      default -> throw new IllegalArgumentException("a command of few keys");
    };
  }

  @Override
  boolean goOnBefore(ReplyBuffer out, long deadlineNanos) {
    Command command = command();
    int count = keyCount(command);
    do {
      int next = Math.min(count, checked + KEYS_AT_ONCE);
      Refusal refusal = Access.refusal(rights, dialect.commandName(), part(command, checked, next));
      if (refusal != null) {
        executor.deny(refusal, command, session, dialect, out);
        return true;
      }
      checked = next;
    } while (checked < count && System.nanoTime() - deadlineNanos < 0);
    return checked == count
        && goOnWith(executor.beginAllowed(command, session, dialect, out), out, deadlineNanos);
  }
}
