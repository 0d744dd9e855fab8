package io.speicher.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.AddResult.Counted;
import io.speicher.store.AddResult.Refused;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DecimalTextTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 9, 10, -10, 1_000_000, Long.MAX_VALUE, Long.MIN_VALUE})
  void of_thenSum(long number) {
    ByteBuffer text = DecimalText.of(number);
    assertThat(StandardCharsets.ISO_8859_1.decode(text.duplicate()).toString())
        .isEqualTo(Long.toString(number));
    assertThat(DecimalText.sum(text, 0)).isEqualTo(new Counted(number));
  }

  @Test
  void sum_ofPartOfABuffer_keepsItsPosition() {
    ByteBuffer text = bytes("9-12 3");
    text.position(1).limit(4);

    assertThat(DecimalText.sum(text, 2)).isEqualTo(new Counted(-10));

    assertThat(text.position()).isEqualTo(1);
    assertThat(text.limit()).isEqualTo(4);
  }

  @Test
  void sum_overAndUnderTheBounds() {
    assertThat(DecimalText.sum(bytes("9223372036854775807"), 1)).isEqualTo(Refused.OVERFLOW);
    assertThat(DecimalText.sum(bytes("-9223372036854775808"), -1)).isEqualTo(Refused.OVERFLOW);
    assertThat(DecimalText.sum(bytes("9223372036854775808"), -1)).isEqualTo(Refused.NOT_A_NUMBER);
    assertThat(DecimalText.sum(bytes("-9223372036854775809"), 1)).isEqualTo(Refused.NOT_A_NUMBER);
  }

  @Test
  void sum_anyNumbers_isTheExactSum() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long number = random.nextLong() >> random.nextInt(64);
      long delta = random.nextLong() >> random.nextInt(64);
      BigInteger sum = BigInteger.valueOf(number).add(BigInteger.valueOf(delta));
      AddResult expected =
          sum.bitLength() < Long.SIZE ? new Counted(sum.longValueExact()) : Refused.OVERFLOW;
      assertThat(DecimalText.sum(DecimalText.of(number), delta))
          .as("-Dseed=%d number=%d delta=%d", seed, number, delta)
          .isEqualTo(expected);
    }
  }

  /** Every byte alone, and every byte in place of a digit: only ten of them make numbers. */
  @Test
  void sum_ofAnyByte() {
    for (int b = 0; b < 256; b++) {
      boolean digit = b >= '0' && b <= '9';
      ByteBuffer alone = ByteBuffer.wrap(new byte[] {(byte) b});
      ByteBuffer last = ByteBuffer.wrap(new byte[] {'1', (byte) b});
      assertThat(DecimalText.sum(alone, 0))
          .isEqualTo(digit ? new Counted(b - '0') : Refused.NOT_A_NUMBER);
      assertThat(DecimalText.sum(last, 0))
          .isEqualTo(digit ? new Counted(10 + b - '0') : Refused.NOT_A_NUMBER);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        "-0",
        "01",
        "-01",
        " 1",
        "1 ",
        "1.",
        "0x1",
        "99999999999999999999",
        "100000000000000000000",
        "-99999999999999999999",
        "\u0661",
        "\uFF11",
        "\u00B2"
      })
  void sum_ofWhatIsNotANumber(String text) {
    assertThat(DecimalText.sum(bytes(text), 1)).isEqualTo(Refused.NOT_A_NUMBER);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
