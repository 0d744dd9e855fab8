package io.speicher.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.WrongValue;
import io.speicher.protocol.ValueKind;
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

  @Test
  void decimal() {
    assertThat(Numbers.sum(bytes("10.5"), new BigDecimal("0.1")))
        .isEqualTo(new Reply.Value(ValueKind.BYTES, bytes("10.6")));
    assertThat(Numbers.sum(bytes("x"), BigDecimal.ONE)).isEqualTo(WrongValue.NOT_A_DECIMAL);
    assertThat(Numbers.sum(bytes("1e4932"), new BigDecimal("1e4932")))
        .isEqualTo(WrongValue.NOT_FINITE);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
