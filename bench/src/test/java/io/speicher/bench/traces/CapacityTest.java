package io.speicher.bench.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CapacityTest {
  @Test
  void parse() {
    assertThat(Capacity.parse("1000"))
        .isEqualTo(Capacity.ofItems(1_000))
        .hasToString("1,000 items");
    assertThat(Capacity.parse("64mb")).isEqualTo(Capacity.ofBytes(64 << 20)).hasToString("64mb");
    assertThat(Capacity.parse("512 B")).isEqualTo(Capacity.ofBytes(512));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0mb", "-1", "1,000", "1.5mb", "1000000000", "1000 items", "mb"})
  void parse_neither(String text) {
    assertThatThrownBy(() -> Capacity.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void weight() {
    Trace.Builder builder = new Trace.Builder();
    builder.add("key", 10);
    Trace trace = builder.build();

    assertThat(Capacity.ofItems(5).weight(trace, 0)).isEqualTo(1);
    assertThat(Capacity.ofBytes(5).weight(trace, 0)).isEqualTo(13);
  }
}
