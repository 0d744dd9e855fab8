package io.speicher.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of Redis's {@code INCRBYFLOAT}: C's {@code long double} as x86 has it, the 80-bit
 * floating point of IEEE 754 with a significand of 64 bits. Numbers are {@link BigDecimal}s that
 * have such a significand exactly.
 */
public final class LongDouble {

  /*
   * A sum is written with 17 decimals. Beside a significand of 64 bits, a number below 1e-48 can
   * then change no digit: where the other number is large enough to be seen, this one is less than
   * a quarter of its last bit. So such numbers count as zero, and no division is by more than the
   * text is long.
   */
  private static final BigDecimal NEGLIGIBLE = new BigDecimal("1e-48");

  /** Redis writes this many decimals, and removes the zeros at their end. */
  private static final int DECIMALS = 17;

  /** The longest text that Redis reads. */
  private static final int MAX_TEXT_BYTES = 5 * 1_024 - 1;

  private static final int SIGNIFICAND_BITS = 64;

  /** Every number is below two to this power. */
  private static final int MAX_BITS = 16_384;

  /** A number with a first digit at another decimal exponent is infinite, or underflows. */
  private static final int MAX_EXPONENT = 4_932;

  private static final int MIN_EXPONENT = -4_951;

  private LongDouble() {}

  /** The number nearest to a decimal text, or null if that is none, or out of range. */
  public static @Nullable BigDecimal parse(ByteBuffer text) {
    if (text.remaining() > MAX_TEXT_BYTES) {
      return null;
    }
    try {
      BigDecimal number =
          new BigDecimal(StandardCharsets.ISO_8859_1.decode(text.duplicate()).toString());
      long exponent = (long) number.precision() - number.scale() - 1;
      if (number.signum() == 0) {
        return BigDecimal.ZERO;
      }
      return exponent > MAX_EXPONENT || exponent < MIN_EXPONENT ? null : rounded(number);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The number nearest to the sum, or null if that is infinite. */
  public static @Nullable BigDecimal sum(BigDecimal a, BigDecimal b) {
    return rounded(a.add(b));
  }

  /** The text of a number as Redis writes it, without an exponent. */
  public static ByteBuffer text(BigDecimal number) {
    BigDecimal decimal = number.setScale(DECIMALS, RoundingMode.HALF_EVEN).stripTrailingZeros();
    return ByteBuffer.wrap(decimal.toPlainString().getBytes(StandardCharsets.US_ASCII));
  }

  /** The nearest number, and of two the one with an even significand; null if it is infinite. */
  private static @Nullable BigDecimal rounded(BigDecimal exact) {
    if (exact.abs().compareTo(NEGLIGIBLE) < 0) {
      return BigDecimal.ZERO;
    }
    BigInteger numerator = exact.unscaledValue().abs();
    BigInteger denominator = BigInteger.TEN.pow(Math.max(0, exact.scale()));
    numerator = numerator.multiply(BigInteger.TEN.pow(Math.max(0, -exact.scale())));

    // The quotient has at least two bits more than the significand. What remains is behind them,
    // and matters only if it is all that distinguishes the number from one halfway between two.
    int shift = Math.max(0, SIGNIFICAND_BITS + 3 + denominator.bitLength() - numerator.bitLength());
    BigInteger[] division = numerator.shiftLeft(shift).divideAndRemainder(denominator);
    BigInteger quotient = division[1].signum() == 0 ? division[0] : division[0].setBit(0);

    int excess = quotient.bitLength() - SIGNIFICAND_BITS;
    BigInteger significand = quotient.shiftRight(excess);
    boolean isHalfOrMore = quotient.testBit(excess - 1);
    boolean isHalf = isHalfOrMore && quotient.getLowestSetBit() == excess - 1;
    if (isHalfOrMore && (!isHalf || significand.testBit(0))) {
      significand = significand.add(BigInteger.ONE);
    }
    int exponent = excess - shift;
    if (significand.bitLength() + exponent > MAX_BITS) {
      return null;
    }
    BigDecimal magnitude =
        exponent >= 0
            ? new BigDecimal(significand.shiftLeft(exponent))
            : new BigDecimal(significand)
                .divide(new BigDecimal(BigInteger.ONE.shiftLeft(-exponent)));
    return exact.signum() < 0 ? magnitude.negate() : magnitude;
  }
}
