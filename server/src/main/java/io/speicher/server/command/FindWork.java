package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.MemoryShortageException;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Rights;
import io.speicher.dialect.Share;
import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;

/** Finds all keys that match a pattern and may be read. */
final class FindWork implements Work {
  private final Store store;
  private final Dialect dialect;
  private final Glob pattern;
  private final Rights rights;
  private final FoundKeys found;
  private long cursor;

  FindWork(Store store, Dialect dialect, Glob pattern, Rights rights, Share share) {
    this.store = store;
    this.dialect = dialect;
    this.pattern = pattern;
    this.rights = rights;
    found = new FoundKeys(share);
  }

  /** The pattern has no part in the bytes of the command. */
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
                  if (pattern.matches(key) && rights.includeReading(key)) {
                    found.addIfNew(key);
                  }
                });
        if (cursor != 0 && System.nanoTime() - deadlineNanos >= 0) {
          return false;
        }
      } while (cursor != 0);
      dialect.encode(new Reply.Keys(0, found), out);
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

  @Override
  public void close() {
    found.close();
  }
}
