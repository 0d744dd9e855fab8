package io.speicher.store;

final class HeapStoreModelTest extends StoreModelTest {

  @Override
  protected Store create(long budgetBytes, Ticker ticker) {
    return new HeapStore(budgetBytes, ticker);
  }
}
