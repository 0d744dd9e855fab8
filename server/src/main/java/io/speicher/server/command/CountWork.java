package io.speicher.server.command;

import io.speicher.dialect.Dialect;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** Does something to each of many keys, and counts for how many of them that was done. */
final class CountWork implements Work {
  private static final int KEYS_BETWEEN_LOOKS = 64;

  private final Dialect dialect;
  private final Function<Command, List<ByteBuffer>> keysOf;
  private final Predicate<ByteBuffer> action;
  private List<ByteBuffer> keys;
  private int done;
  private long count;

  /**
   * @param action which counts its hits and misses itself
   */
  CountWork(
      Dialect dialect,
      Command command,
      Function<Command, List<ByteBuffer>> keysOf,
      Predicate<ByteBuffer> action) {
    this.dialect = dialect;
    this.keysOf = keysOf;
    this.action = action;
    keys = keysOf.apply(command);
  }

  @Override
  public void movedTo(Command same, ReplyBuffer out) {
    keys = keysOf.apply(same);
  }

  @Override
  public boolean goOn(ReplyBuffer out, long deadlineNanos) {
    int size = keys.size();
    while (done < size) {
      int to = Math.min(size, done + KEYS_BETWEEN_LOOKS);
      for (; done < to; done++) {
        count += action.test(keys.get(done)) ? 1 : 0;
      }
      if (done < size && System.nanoTime() - deadlineNanos >= 0) {
        return false;
      }
    }
    dialect.encode(new Reply.Count(count), out);
    return true;
  }
}
