package io.speicher.bench.store;

import io.speicher.bench.Progress;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.function.LongFunction;

/** Puts items of one size under the keys of consecutive indexes. */
final class Filling {
  /** How many puts pass between two looks at the statistics. */
  static final int BATCH = 256;

  private final Store store;
  private final LongFunction<PutOptions> options;
  private final Keys keys = new Keys();
  private final ByteBuffer value;
  private long next;

  Filling(Store store, long first, int valueBytes, LongFunction<PutOptions> options) {
    this.store = store;
    this.options = options;
    next = first;
    value = ByteBuffer.allocateDirect(valueBytes);
  }

  /** The index whose turn it is. */
  long next() {
    return next;
  }

  /** Puts until {@code end} or, if that comes first, until something has been evicted. */
  void untilEviction(long end) {
    long evicted = store.stats().evictedItemCount();
    while (next < end && store.stats().evictedItemCount() == evicted) {
      batch(end);
    }
  }

  void until(long end) {
    Progress progress = new Progress("putting items", end);
    while (next < end) {
      batch(end);
      progress.show(next);
    }
    progress.end();
  }

  /** Puts the next {@link #BATCH} items, but none from {@code end} on. */
  void batch(long end) {
    long batchEnd = Math.min(end, next + BATCH);
    for (; next < batchEnd; next++) {
      store.put(keys.key(next), value, options.apply(next));
    }
  }
}
