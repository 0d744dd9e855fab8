package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.dialect.WatchedKeys;
import io.speicher.protocol.Command;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.util.List;

/** Commands that are executed as one, if the keys that were watched are as they were. */
final class Transactions {
  private final CommandExecutor executor;

  Transactions(CommandExecutor executor) {
    this.executor = executor;
  }

  /** Runs its commands, unless a watched key has changed; the other loops have to stand still. */
  void execute(Command.Transaction transaction, Session session, Dialect dialect, ReplyBuffer out) {
    WatchedKeys watched = session.watched();
    boolean isUnchanged = watched == null || watched.areAllUnchanged(this::isUnchanged);
    session.unwatch();
    if (!isUnchanged) {
      dialect.encode(Reply.Miss.MISS, out);
      return;
    }
    dialect.beginBatch(transaction.commands().size(), out);
    for (int i = 0; i < transaction.commands().size(); i++) {
      dialect.turnTo(i);
      executeElement(transaction.commands().get(i), session, dialect, out);
    }
    dialect.endBatch(out);
  }

  /**
   * What comes before and after it is done, so it is answered, if only with an error. It is counted
   * as a command of its own.
   */
  private void executeElement(Command command, Session session, Dialect dialect, ReplyBuffer out) {
    long start = out.position();
    long startNanos = System.nanoTime();
    try {
      executor.executeWhole(command, session, dialect, out);
    } catch (MemoryShortageException e) {
      executor.count(Counter.ERRORS, 1);
      dialect.encode(
          new Reply.Failed(Reply.UNAVAILABLE, String.valueOf(e.getMessage())), out.resetTo(start));
    } catch (RuntimeException | Error e) {
      executor.fail(command, e, dialect, out.resetTo(start));
    }
    executor.executedElement(command, session, out, System.nanoTime() - startNanos);
  }

  /** Keeps what the keys have now. */
  Reply watch(List<ByteBuffer> keys, Session session) {
    WatchedKeys watched = session.watch();
    watched.makeRoomFor(keys);
    for (ByteBuffer key : keys) {
      watch(session.database(), key, watched);
    }
    return Reply.Done.DONE;
  }

  private void watch(int database, ByteBuffer key, WatchedKeys watched) {
    long[] seen = new long[2];
    boolean isPresent = look(database, key, seen);
    watched.add(database, key, isPresent ? seen[0] : 0, isPresent ? seen[1] : 0);
  }

  /** Whether a key has an item; if so, its version and its expiry are told. */
  private boolean look(int database, ByteBuffer key, long[] seen) {
    return executor
        .store(database)
        .get(
            key,
            item -> {
              seen[0] = item.version();
              seen[1] = item.expiresAtMillis();
            });
  }

  private boolean isUnchanged(int database, ByteBuffer key, long version, long expiresAtMillis) {
    long[] seen = new long[2];
    boolean isPresent = look(database, key, seen);
    return isPresent ? version == seen[0] && expiresAtMillis == seen[1] : version == 0;
  }
}
