package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected sums are those of redis-server 7.0.15 on x86-64. */
class LongDoubleTest {

  @ParameterizedTest
  @CsvSource({
    "10.5, 0.1, 10.6",
    "5.0e3, 2.0e2, 5200",
    "5200, 0.01, 5200.00999999999999979",
    "3, -3, 0",
    "0.1, 0.2, 0.3",
    "0.25, -0.25, 0",
    "-1e-18, 0, 0",
    "1e-17, 0, 0.00000000000000001",
    "1e-18, 0, 0",
    "1e-4950, 1e-4950, 0",
    "100, 0, 100",
    ".5, +1., 1.5",
    "3.3333333333333333333, 0, 3.33333333333333333",
    "3.33333333333333333, 1e17, 100000000000000003.3359375",
    "-3.33333333333333333, -1e17, -100000000000000003.3359375",
    "123456789012345678901234567890, 0.1, 123456789012345678899921813504",
    "18446744073709551616, 1, 18446744073709551616",
    "18446744073709551616, 3, 18446744073709551620",
    "18446744073709551616, 1.0001, 18446744073709551618",
    "9223372036854775807, 0.5, 9223372036854775807.5",
    "1e30, 1, 1000000000000000000024696061952",
  })
  void sum(String number, String delta, String sum) {
    assertThat(sumOf(number, delta)).isEqualTo(sum);
  }

  /** What was written is read again, however long it is. */
  @ParameterizedTest
  @ValueSource(strings = {"1e300", "-1e300", "1e4932", "1.18973149535723176502e4932"})
  void sum_countsOn(String number) {
    String written = sumOf("0", number);
    assertThat(written.length()).isGreaterThan(300);
    assertThat(sumOf(written, "1")).isEqualTo(written);
  }

  @Test
  void sum_infinite() {
    assertThat(LongDouble.sum(number("1.18e4932"), number("1e4930"))).isNull();
    assertThat(LongDouble.sum(number("-1e4932"), number("-1e4932"))).isNull();
  }

  /** Ten characters that stand for a number of a billion digits cost nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1 ",
        " 1",
        "nan",
        "inf",
        "1.19e4932",
        "-1e4933",
        "1e999999999",
        "1e-999999999",
        "1e99999999999",
        "1e-4952"
      })
  void parse_none(String text) {
    assertThat(parse(text)).isNull();
  }

  @Test
  void parse_long() {
    assertThat(parse("0." + "1".repeat(5_117))).isNotNull();
    assertThat(parse("0." + "1".repeat(5_118))).isNull();
  }

  private static String sumOf(String number, String delta) {
    BigDecimal sum = Objects.requireNonNull(LongDouble.sum(number(number), number(delta)));
    return StandardCharsets.US_ASCII.decode(LongDouble.text(sum)).toString();
  }

  private static BigDecimal number(String text) {
    return Objects.requireNonNull(parse(text));
  }

  private static @Nullable BigDecimal parse(String text) {
    return LongDouble.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
