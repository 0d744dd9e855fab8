package io.speicher.server;

import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.WrongValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Numbers as decimal text in values. */
final class Numbers {
  /** The longest 64-bit number, with its sign. */
  private static final int MAX_INTEGER_BYTES = 20;

  /** What a decimal number may take: Redis keeps no more of them. */
  private static final int MAX_DECIMAL_BYTES = 256;

  /** Numbers beyond this power of ten, or below it, are none for Redis; ours would fill the heap. */
  private static final int MAX_EXPONENT = 4_932;

  /** Redis writes so many digits after the point, and no more zeros than need be. */
  private static final int DECIMAL_PLACES = 17;

  private Numbers() {}

  static ByteBuffer text(Arithmetic arithmetic, long number) {
    return ascii(
        arithmetic == Arithmetic.SIGNED ? Long.toString(number) : Long.toUnsignedString(number));
  }

  /**
   * The number that {@code text} is and {@code delta} together: {@link Reply.Count}, or why not.
   */
  static Reply sum(ByteBuffer text, long delta, Arithmetic arithmetic) {
    if (text.remaining() > MAX_INTEGER_BYTES) {
      return WrongValue.NOT_AN_INTEGER;
    }
    String digits = string(text);
    try {
      return arithmetic == Arithmetic.SIGNED
          ? signedSum(digits, delta)
          : new Reply.Count(unsignedSum(digits, delta, arithmetic));
    } catch (NumberFormatException e) {
      return WrongValue.NOT_AN_INTEGER;
    }
  }

  private static Reply signedSum(String digits, long delta) {
    long number = Long.parseLong(digits);
    if (!Long.toString(number).equals(digits)) { // "+1", "01", "-0"
      return WrongValue.NOT_AN_INTEGER;
    }
    long sum = number + delta;
    boolean overflow = ((number ^ sum) & (delta ^ sum)) < 0;
    return overflow ? WrongValue.OVERFLOW : new Reply.Count(sum);
  }

  private static long unsignedSum(String digits, long delta, Arithmetic arithmetic) {
    // A number that lost a digit may have been padded, and zeros may have been put before it.
    long number = Long.parseUnsignedLong(digits.strip());
    if (arithmetic == Arithmetic.UNSIGNED_UP) {
      return number + delta;
    }
    return Long.compareUnsigned(delta, number) >= 0 ? 0 : number - delta;
  }

  /** The text of a sum of decimal numbers, or null if there is none. */
  static @Nullable ByteBuffer decimalSum(ByteBuffer text, BigDecimal delta) {
    if (text.remaining() > MAX_DECIMAL_BYTES) {
      return null;
    }
    try {
      BigDecimal number = new BigDecimal(string(text));
      if (Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT) {
        return null;
      }
      BigDecimal sum = number.add(delta);
      BigDecimal rounded =
          sum.setScale(DECIMAL_PLACES, RoundingMode.HALF_EVEN).stripTrailingZeros();
      return ascii(rounded.toPlainString());
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static String string(ByteBuffer text) {
    byte[] bytes = new byte[text.remaining()];
    text.get(text.position(), bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
