package io.speicher.store.segment;

import io.speicher.store.Store;
import io.speicher.store.StoreModelTest;
import io.speicher.store.Ticker;

final class SegmentStoreModelTest extends StoreModelTest {

  @Override
  protected Store create(long budgetBytes, Ticker ticker) {
    return new SegmentStore(budgetBytes, ticker);
  }

  @Override
  protected void check(Store store) {
    ((SegmentStore) store).verify();
  }
}
