package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GeometryTest {

  @ParameterizedTest
  @ValueSource(ints = {0, -8_192, 4_096, 8_191, 8_193, 12_288, 4 << 20, Integer.MIN_VALUE})
  void create_segmentSizeOutOfBounds(int segmentBytes) {
    assertThatThrownBy(() -> new Geometry(1 << 30, segmentBytes, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "segment size out of bounds: segmentBytes="
                + segmentBytes
                + " (expected: a power of two, 8192..2097152)");
  }

  @ParameterizedTest
  @CsvSource({
    "8192, 131071, 131072",
    "2097152, 33554431, 33554432",
    "8192, 549755813889, 131072",
    "8192, -1, 131072"
  })
  void create_budgetOutOfBounds(int segmentBytes, long budgetBytes, long minBudgetBytes) {
    assertThatThrownBy(() -> new Geometry(budgetBytes, segmentBytes, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "budget out of bounds: budgetBytes="
                + budgetBytes
                + " (expected: "
                + minBudgetBytes
                + "..549755813888)");
  }

  @Test
  void create_itemSegmentsOutOfBounds() {
    assertThatThrownBy(() -> new Geometry(1 << 20, 8_192, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("item segments out of bounds: itemSegments=-1 (expected: 0 or more)");
  }

  @Test
  void create_atTheBounds() {
    assertThat(new Geometry(131_072, 8_192, 0).segmentBytes()).isEqualTo(8_192);
    assertThat(new Geometry(512L << 30, 2 << 20, 1).budgetBytes()).isEqualTo(512L << 30);
  }

  @ParameterizedTest
  @CsvSource({
    "262144, 16384",
    "16384000, 16384",
    "33554432, 32768",
    "1073741824, 1048576",
    "2147483648, 2097152",
    "549755813888, 2097152"
  })
  void of_aBudget(long budgetBytes, int segmentBytes) {
    assertThat(Geometry.of(budgetBytes)).isEqualTo(new Geometry(budgetBytes, segmentBytes, 0));
  }

  @Test
  void of_tooSmallABudget() {
    assertThatThrownBy(() -> Geometry.of(262_143))
        .hasMessage("budget out of bounds: budgetBytes=262143 (expected: 262144..549755813888)");
  }
}
