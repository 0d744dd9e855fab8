package io.speicher.store.segment;

import java.util.concurrent.atomic.LongAdder;

/** How many items have gone since the start without anybody asking for it. Any thread counts. */
final class Removals {
  private final LongAdder evictedItemCount = new LongAdder();
  private final LongAdder expiredItemCount = new LongAdder();

  /** Whether items were evicted before the start. */
  private final boolean hasEvicted;

  Removals(boolean hasEvicted) {
    this.hasEvicted = hasEvicted;
  }

  /** Whether any item was ever evicted. */
  boolean hasEvicted() {
    return hasEvicted || evictedItemCount() > 0;
  }

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
