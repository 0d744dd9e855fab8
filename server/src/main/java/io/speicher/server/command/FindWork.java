package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds all keys that something is true of, or so many of them. */
final class FindWork implements Work {
  private final Store store;
  private final Dialect dialect;
  private final Predicate<ByteBuffer> wanted;
  private final long limit;
  private final Function<FoundKeys, Reply> answer;
  private final FoundKeys found;
  private long cursor;

  /**
   * @param limit after which it looks for no more
   * @param answer what is replied of what has been found, before the work is closed
   */
  FindWork(
      Store store,
      Dialect dialect,
      Predicate<ByteBuffer> wanted,
      long limit,
      Function<FoundKeys, Reply> answer,
      Share share) {
    this.store = store;
    this.dialect = dialect;
    this.wanted = wanted;
    this.limit = limit;
    this.answer = answer;
    found = new FoundKeys(share);
  }

  /** What is wanted has no part in the bytes of the command. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    long start = out.position();
    try {
      do {
        cursor =
            store.scan(
                cursor,
                KeySearch.KEYS_AT_ONCE,
                key -> {
                  if (found.size() < limit && wanted.test(key)) {
                    found.addIfNew(key);
                  }
                });
        if (isToGoOn() && System.nanoTime() - deadlineNanos >= 0) {
          return false;
        }
      } while (isToGoOn());
      dialect.encode(answer.apply(found), out);
    } catch (MemoryShortageException e) {
      out.resetTo(start);
      dialect.encode(
          new Reply.Failed(
              Reply.UNAVAILABLE,
              "too many keys match for the memory of this connection: found="
                  + found.size()
                  + "; use SCAN, which finds some at a time"),
          out);
    }
    return true;
  }

  private boolean isToGoOn() {
    return cursor != 0 && found.size() < limit;
  }

  @Override
  public void close() {
    found.close();
  }
}
