package io.speicher.bench.store;

import io.speicher.store.Store;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;

/** The store that is measured. */
final class Stores {
  private Stores() {}

  static Store open(long budgetBytes) {
    return new SegmentStore(budgetBytes, Ticker.system());
  }

  static String name() {
    try (Store store = open(64 << 20)) {
      return store.getClass().getSimpleName();
    }
  }

  /** Throws if the structures of the store disagree; nothing else may use it meanwhile. */
  static void verify(Store store) {
    ((SegmentStore) store).verify();
  }
}
