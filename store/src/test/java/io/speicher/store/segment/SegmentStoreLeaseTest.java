package io.speicher.store.segment;

import io.speicher.store.LeaseContract;
import io.speicher.store.Store;
import io.speicher.store.Ticker;

final class SegmentStoreLeaseTest extends LeaseContract {
  @Override
  protected Store create(Ticker ticker) {
    return new SegmentStore(64 << 20, ticker);
  }
}
