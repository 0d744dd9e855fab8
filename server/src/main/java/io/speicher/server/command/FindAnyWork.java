package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Finds any key that something is true of: one of the first from a random place on. There may be
 * few of them among many others.
 */
final class FindAnyWork implements Work {
  private final Store store;
  private final Dialect dialect;
  private final Predicate<ByteBuffer> wanted;
  private long cursor = ThreadLocalRandom.current().nextLong();

  /** Whether it has come to the end once, and goes on from the beginning. */
  private boolean isSecondPass;

  FindAnyWork(Store store, Dialect dialect, Predicate<ByteBuffer> wanted) {
    this.store = store;
    this.dialect = dialect;
    this.wanted = wanted;
  }

  /** Nothing of it lies in the bytes of the command. */
  @Override
  public void movedTo(Command same, ReplyBuffer out) {}

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    List<ByteBuffer> found = new ArrayList<>();
    while (true) {
      cursor =
          store.scan(
              cursor,
              1,
              key -> {
                if (wanted.test(key)) {
                  found.add(key);
                }
              });
      if (!found.isEmpty()) {
        int any = ThreadLocalRandom.current().nextInt(found.size());
        dialect.encode(new Reply.Keys(0, List.of(found.get(any))), out);
        return true;
      }
      if (cursor == 0 && isSecondPass) {
        dialect.encode(Reply.Miss.MISS, out);
        return true;
      }
      isSecondPass |= cursor == 0;
      if (System.nanoTime() - deadlineNanos >= 0) {
        return false;
      }
    }
  }
}
