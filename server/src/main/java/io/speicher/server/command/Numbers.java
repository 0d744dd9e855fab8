package io.speicher.server.command;

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

  /** Room for an unsigned number with white space and zeros before it. */
  private static final int MAX_LOOK_BYTES = 128;

  /** What a decimal number may take: Redis keeps no more of them. */
  private static final int MAX_DECIMAL_BYTES = 256;

  /** The largest power of ten of the numbers that Redis counts with, 80-bit floating point. */
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
    if (text.remaining() > MAX_INTEGER_BYTES && arithmetic == Arithmetic.SIGNED) {
      return WrongValue.NOT_AN_INTEGER;
    }
    String digits = string(text.slice(text.position(), Math.min(text.remaining(), MAX_LOOK_BYTES)));
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
    // What follows white space does not count: memcached pads a number that has lost a digit. White
    // space is what C takes for it; Java has more.
    String first = digits.replaceFirst("^\\s+", "").split("\\s", 2)[0];
    long number = Long.parseUnsignedLong(first);
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
      if (!isOfAnySize(number) || !isOfAnySize(delta)) {
        return null;
      }
      BigDecimal sum = number.add(delta).setScale(DECIMAL_PLACES, RoundingMode.HALF_EVEN);
      return ascii(sum.signum() == 0 ? "0" : sum.stripTrailingZeros().toPlainString());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** A few characters can name a number of a billion digits, which nobody shall have to add. */
  private static boolean isOfAnySize(BigDecimal number) {
    return Math.abs((long) number.scale()) <= MAX_EXPONENT
        && number.precision() - (long) number.scale() <= MAX_EXPONENT;
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
