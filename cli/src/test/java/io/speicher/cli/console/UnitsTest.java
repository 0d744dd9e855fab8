package io.speicher.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "1023, 1023B",
    "1024, 1.0K",
    "1536, 1.5K",
    "102348, 99.9K",
    "102400, 100K",
    "1048575, 1.0M",
    "1073741824, 1.0G",
    "1125899906842624, 1.0P",
  })
  void bytes(long bytes, String expected) {
    assertThat(Units.bytes(bytes)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "9999, 9999", "10000, 10.0k", "999999, 1.0M", "123456789, 123M"})
  void count(long count, String expected) {
    assertThat(Units.count(count)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0us", "999.4, 999us", "999.6, 1.0ms", "12345, 12.3ms", "2500000, 2.5s"})
  void micros(double micros, String expected) {
    assertThat(Units.micros(micros)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"59, 59s", "60, 1m00s", "3661, 1h01m", "90000, 1d01h"})
  void seconds(long seconds, String expected) {
    assertThat(Units.seconds(seconds)).isEqualTo(expected);
  }

  @Test
  void unknown() {
    assertThat(Units.percent(0.5)).isEqualTo("50.0");
    assertThat(Units.percent(Double.NaN)).isEqualTo("-");
    assertThat(Units.count(Double.NaN)).isEqualTo("-");
    assertThat(Units.bytes(Double.NaN)).isEqualTo("-");
    assertThat(Units.micros(Double.NaN)).isEqualTo("-");
  }
}
