package io.speicher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class HeapStoreTest extends StoreContract {

  @Override
  protected Store create(long budgetBytes, Ticker ticker) {
    return new HeapStore(budgetBytes, ticker);
  }

  @Test
  void create_noBudget() {
    assertThatThrownBy(() -> new HeapStore(0, Ticker.system()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("budget out of bounds: budgetBytes=0 (expected: 1 or more)");
  }

  @Test
  void put_full_evictsTheLeastRecentlyUsed() {
    Store store = store(3 * itemBytes());
    put(store, "a", "1");
    put(store, "b", "2");
    put(store, "c", "3");
    assertThat(get(store, "a")).contains("1");

    put(store, "d", "4");

    assertThat(get(store, "a")).contains("1");
    assertThat(get(store, "b")).isEmpty();
    assertThat(store.stats().evictedItemCount()).isEqualTo(1);
  }

  private long itemBytes() {
    Store store = store(1 << 20);
    put(store, "a", "1");
    return store.stats().usedBytes();
  }
}
