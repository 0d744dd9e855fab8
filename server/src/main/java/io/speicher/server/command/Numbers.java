package io.speicher.server.command;

import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.LongDouble;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.WrongValue;
import io.speicher.protocol.ValueKind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Numbers as decimal text in values. */
final class Numbers {
  /** The longest 64-bit number, with its sign. */
  private static final int MAX_INTEGER_BYTES = 20;

  /** Room for an unsigned number with white space and zeros before it. */
  private static final int MAX_LOOK_BYTES = 128;

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

  /**
   * The decimal number that {@code text} is and {@code delta} together: {@link Reply.Value}, or why
   * not.
   */
  static Reply sum(ByteBuffer text, BigDecimal delta) {
    BigDecimal number = LongDouble.parse(text);
    if (number == null) {
      return WrongValue.NOT_A_DECIMAL;
    }
    BigDecimal sum = LongDouble.sum(number, delta);
    return sum == null
        ? WrongValue.NOT_FINITE
        : new Reply.Value(ValueKind.BYTES, LongDouble.text(sum));
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
