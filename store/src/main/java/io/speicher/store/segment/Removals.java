package io.speicher.store.segment;

import java.util.concurrent.atomic.LongAdder;

/** How many items have gone since the start without anybody asking for it. Any thread counts. */
final class Removals {
  private final LongAdder evictedItemCount = new LongAdder();
  private final LongAdder expiredItemCount = new LongAdder();

  void countEvicted() {
    evictedItemCount.increment();
  }

  void countExpired() {
    expiredItemCount.increment();
  }

  long evictedItemCount() {
    return evictedItemCount.sum();
  }

  long expiredItemCount() {
    return expiredItemCount.sum();
  }
}
