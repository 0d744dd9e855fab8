package io.speicher.bench.traces;

import io.speicher.store.HeapStore;
import io.speicher.store.Store;
import io.speicher.store.Ticker;

/** Makes the store that the server runs with: the one place that knows which it is. */
final class ShippingStore {
  /** What the heap store takes for one of the {@link EqualItems}. */
  private static final long HEAP_ITEM_BYTES = 208 + EqualItems.KEY_BYTES + EqualItems.VALUE_BYTES;

  private ShippingStore() {}

  /** A store with room for these items and no more. */
  static Store ofItems(EqualItems items, Ticker ticker) {
    return new HeapStore(items.itemCount() * HEAP_ITEM_BYTES, ticker);
  }

  /** A store as a server with this much memory has it. */
  static Store ofBytes(long budgetBytes, Ticker ticker) {
    return new HeapStore(budgetBytes, ticker);
  }
}
