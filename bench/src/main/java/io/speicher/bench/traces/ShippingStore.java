package io.speicher.bench.traces;

import io.speicher.store.Store;
import io.speicher.store.Ticker;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;

/** Makes the store that the server runs with: the one place that knows which it is. */
final class ShippingStore {
  /**
   * What a store takes beside its items, generously: the limit is how many segments they may have.
   */
  private static final long INDEX_BYTES = 16 << 20;

  private ShippingStore() {}

  /** A store with room for these items and no more. */
  static Store ofItems(EqualItems items, Ticker ticker) {
    long itemBytes = (long) items.segmentCount() * items.segmentBytes();
    return new SegmentStore(
        new Geometry(2 * itemBytes + INDEX_BYTES, items.segmentBytes(), items.segmentCount()),
        ticker);
  }

  /** A store as a server with this much memory has it. */
  static Store ofBytes(long budgetBytes, Ticker ticker) {
    return new SegmentStore(budgetBytes, ticker);
  }
}
