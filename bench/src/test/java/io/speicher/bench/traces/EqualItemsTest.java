package io.speicher.bench.traces;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EqualItemsTest {
  @ParameterizedTest
  @ValueSource(
      ints = {250, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 25_000, 100_000})
  void of_sizesOfTheTables_areExact(int itemCount) {
    EqualItems items = EqualItems.of(itemCount);

    assertThat(items.itemCount()).isEqualTo(itemCount);
    assertThat(items.segmentCount()).isBetween(200, 400);
    assertThat(Integer.bitCount(items.segmentBytes())).isEqualTo(1);
    int itemBytes = 3 + 8 + items.valueBytes() + (items.valueBytes() > 255 ? 1 : 0);
    assertThat((items.segmentBytes() - 48) / itemBytes).isEqualTo(items.itemsPerSegment());
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 1_000, 3_000, 25_000})
  void of_storeThatShips_holdsAsMany(int itemCount) {
    try (StoreCache store = StoreCache.ofItems(itemCount)) {
      int held = 0;
      for (int key = 0; key < itemCount; key++) {
        store.request(key, 1);
      }
      for (int key = 0; key < itemCount; key++) {
        held += store.request(key, 1) ? 1 : 0;
      }

      // The cleaner keeps a few segments free, and writers have some open that are not full.
      int notUsed = 10 * EqualItems.of(itemCount).itemsPerSegment();
      assertThat(held).isBetween(itemCount - notUsed, itemCount);
    }
  }

  @Test
  void of_fewItems_haveASegmentEach() {
    assertThat(EqualItems.of(1)).isEqualTo(new EqualItems(1, 1));
    assertThat(EqualItems.of(199)).isEqualTo(new EqualItems(199, 1));
    assertThat(EqualItems.of(399)).isEqualTo(new EqualItems(399, 1));
  }

  @Test
  void of_prime_losesLessThanOneInAHundred() {
    for (int itemCount = 100; itemCount < 20_000; itemCount++) {
      EqualItems items = EqualItems.of(itemCount);
      assertThat(items.itemCount()).isBetween(itemCount - itemCount / 50, itemCount);
    }
  }
}
