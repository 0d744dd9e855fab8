package io.speicher.store;

final class HeapStoreLeaseTest extends LeaseContract {
  @Override
  protected Store create(Ticker ticker) {
    return new HeapStore(64 << 20, ticker);
  }
}
