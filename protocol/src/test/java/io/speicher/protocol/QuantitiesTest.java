package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "7b, 7",
    "2k, 2048",
    "2KB, 2048",
    "64mb, 67108864",
    "64 MB, 67108864",
    "2gb, 2147483648",
    "3G, 3221225472"
  })
  void bytes_withAndWithoutUnits(String text, long bytes) {
    assertThat(Quantities.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mb", "-1", "1.5gb", "1tb", "10s", "0x10", "1 2"})
  void bytes_ofNonsense(String text) {
    assertThatThrownBy(() -> Quantities.bytes(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a size such as 512kb, 64mb or 2gb");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "500ms, 500", "10s, 10000", "5m, 300000", "2H, 7200000", "1d, 86400000"})
  void duration_withUnits(String text, long millis) {
    assertThat(Quantities.duration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "1y"})
  void duration_ofNonsense(String text) {
    assertThatThrownBy(() -> Quantities.duration(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a time such as 500ms, 10s, 5m, 2h or 1d");
  }

  @Test
  void tooLarge_saysTheBound() {
    assertThatThrownBy(() -> Quantities.bytes("99999999999gb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'99999999999gb' is too large (expected: up to 8589934591gb)");
    assertThatThrownBy(() -> Quantities.duration("99999999999999999999s"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'99999999999999999999s' is too large (expected: up to 9223372036854775s)");
  }

  @Test
  void ofBytes_inTheLargestUnit() {
    assertThat(Quantities.ofBytes(0)).isEqualTo("0b");
    assertThat(Quantities.ofBytes(1_023)).isEqualTo("1023b");
    assertThat(Quantities.ofBytes(64 << 20)).isEqualTo("64mb");
    assertThat(Quantities.ofBytes(6_335_076_761L)).isEqualTo("5.9gb");
  }
}
