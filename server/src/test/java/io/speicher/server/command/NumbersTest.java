package io.speicher.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.WrongValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NumbersTest {

  @ParameterizedTest
  @CsvSource({
    "1, 2, 3",
    "-5, 5, 0",
    "9223372036854775806, 1, 9223372036854775807",
    "-9223372036854775807, -1, -9223372036854775808",
  })
  void signed(String text, long delta, long sum) {
    assertThat(Numbers.sum(bytes(text), delta, Arithmetic.SIGNED)).isEqualTo(new Reply.Count(sum));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1 ", "+1", "01", "-0", "1.0", "x", "9223372036854775808"})
  void signed_notANumber(String text) {
    assertThat(Numbers.sum(bytes(text), 1, Arithmetic.SIGNED)).isEqualTo(WrongValue.NOT_AN_INTEGER);
  }

  @ParameterizedTest
  @CsvSource({"9223372036854775807, 1", "-9223372036854775808, -1"})
  void signed_overflow(String text, long delta) {
    assertThat(Numbers.sum(bytes(text), delta, Arithmetic.SIGNED)).isEqualTo(WrongValue.OVERFLOW);
  }

  @ParameterizedTest
  @CsvSource({
    "UNSIGNED_UP, 18446744073709551615, 1, 0",
    "UNSIGNED_UP, 9223372036854775807, 1, 9223372036854775808",
    "UNSIGNED_UP, '9 ', 1, 10",
    "UNSIGNED_UP, ' 9 x', 1, 10",
    "UNSIGNED_DOWN, 5, 6, 0",
    "UNSIGNED_DOWN, 18446744073709551615, 1, 18446744073709551614",
    "UNSIGNED_DOWN, 5, -1, 0",
  })
  void unsigned(Arithmetic arithmetic, String text, long delta, String sum) {
    assertThat(Numbers.sum(bytes(text), delta, arithmetic))
        .isEqualTo(new Reply.Count(Long.parseUnsignedLong(sum)));
  }

  /** A file separator is white space in Java, and none in C. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x", "1x", "\u001c2"})
  void unsigned_none(String text) {
    assertThat(Numbers.sum(bytes(text), 1, Arithmetic.UNSIGNED_UP))
        .isEqualTo(WrongValue.NOT_AN_INTEGER);
  }

  @ParameterizedTest
  @CsvSource({
    "10.5, 0.1, 10.6",
    "5.0e3, 2.0e2, 5200",
    "3, -3, 0",
    "0.1, 0.2, 0.3",
    "1e-17, 0, 0.00000000000000001",
    "1e-18, 0, 0",
    "100, 0, 100",
  })
  void decimal(String text, BigDecimal delta, String sum) {
    assertThat(Numbers.decimalSum(bytes(text), delta)).isEqualTo(bytes(sum));
  }

  /** Ten characters that stand for a number of a billion digits cost nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1 ", "nan", "1e999999999", "1e-999999999", "-1e4933"})
  void decimal_none(String text) {
    assertThat(Numbers.decimalSum(bytes(text), BigDecimal.ONE)).isNull();
  }

  @Test
  void decimal_hugeDelta() {
    assertThat(Numbers.decimalSum(bytes("1"), new BigDecimal("1e999999999"))).isNull();
    assertThat(Numbers.decimalSum(bytes("1".repeat(257)), BigDecimal.ONE)).isNull();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
