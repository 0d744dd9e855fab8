package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GeometryTest {

  @ParameterizedTest
  @ValueSource(ints = {0, -4_096, 2_048, 4_095, 4_097, 12_288, 4 << 20, Integer.MIN_VALUE})
  void create_segmentSizeOutOfBounds(int segmentBytes) {
    assertThatThrownBy(() -> new Geometry(1 << 30, segmentBytes, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "segment size out of bounds: segmentBytes="
                + segmentBytes
                + " (expected: a power of two, 4096..2097152)");
  }

  @ParameterizedTest
  @CsvSource({
    "4096, 65535, 65536",
    "2097152, 33554431, 33554432",
    "4096, 549755813889, 65536",
    "4096, -1, 65536"
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
    assertThatThrownBy(() -> new Geometry(1 << 20, 4_096, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("item segments out of bounds: itemSegments=-1 (expected: 0 or more)");
  }

  @Test
  void create_atTheBounds() {
    assertThat(new Geometry(65_536, 4_096, 0).segmentBytes()).isEqualTo(4_096);
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
