package io.speicher.cluster;

import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.Reply;
import io.speicher.server.command.KeySearch;
import io.speicher.server.command.KeyTally;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a node is asked about the keys that it tells of.
 *
 * @param topologyId the topology that it has to know, so that it tells of the right ones
 * @param position where to begin: 0, or that of the last {@link KeyPage}
 * @param count about how many keys to look at; 0 to count them only, as far as time goes
 * @param pattern which keys to tell, or null for all; nothing is counted by it
 */
record KeysQuery(int topologyId, long position, int count, @Nullable Glob pattern) {
  private static final int HEADER_BYTES = 2 * Integer.BYTES + Long.BYTES + 1;

  /** While a node counts, others have their turn after so long. */
  private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /**
   * Looks at the keys of a store.
   *
   * @param include which of them the node tells of
   */
  KeyPage answer(Store store, Predicate<ByteBuffer> include) {
    if (count == 0) {
      KeyTally tally = new KeyTally(store, include, position);
      tally.goOn(System.nanoTime() + COUNT_NANOS);
      return new KeyPage(tally.cursor(), tally.count(), List.of());
    }
    Reply.Keys found =
        KeySearch.scan(
            store, new Command.Scan(position, count, pattern), include, AllKeys.MAX_STEP_BYTES);
    return new KeyPage(found.cursor(), 0, found.keys());
  }

  /**
   * As it travels.
   *
   * <pre>
   *  topology (4) | position (8) | count (4) | 1 if there is a pattern (1) | pattern
   * </pre>
   */
  byte[] bytes() {
    ByteBuffer glob = pattern == null ? ByteBuffer.allocate(0) : pattern.pattern();
    return ByteBuffer.allocate(HEADER_BYTES + glob.remaining())
        .putInt(topologyId)
        .putLong(position)
        .putInt(count)
        .put((byte) (pattern == null ? 0 : 1))
        .put(glob)
        .array();
  }

  static KeysQuery of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int topologyId = in.getInt();
    long position = in.getLong();
    int count = in.getInt();
    return new KeysQuery(topologyId, position, count, in.get() == 0 ? null : new Glob(in));
  }
}
