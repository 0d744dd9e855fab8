package io.speicher.server.command;

import io.speicher.protocol.Command;
import io.speicher.protocol.Command.Arithmetic;
import io.speicher.protocol.LongDouble;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.WrongValue;
import io.speicher.protocol.ValueKind;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Numbers as decimal text in values. */
final class Numbers {
  /** The longest 64-bit number, with its sign. */
  private static final int MAX_INTEGER_BYTES = 20;

  /** Room for an unsigned number with white space and zeros before it. */
  private static final int MAX_LOOK_BYTES = 128;

  private static final BigDecimal MIN_INTEGER = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MAX_INTEGER = BigDecimal.valueOf(Long.MAX_VALUE);

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

  /** The number that {@code text} is, increased: {@link Reply.Increased}, or why not. */
  static Reply increased(ByteBuffer text, Command.Increase by) {
    BigDecimal number = by.decimal() ? LongDouble.parse(text) : integer(text);
    if (number == null) {
      return by.decimal() ? WrongValue.NOT_A_DECIMAL : WrongValue.NOT_AN_INTEGER;
    }
    BigDecimal least = by.decimal() ? by.least() : max(MIN_INTEGER, by.least());
    BigDecimal most = by.decimal() ? by.most() : min(MAX_INTEGER, by.most());
    BigDecimal sum = by.decimal() ? LongDouble.sum(number, by.delta()) : number.add(by.delta());
    if (sum == null) {
      return WrongValue.NOT_FINITE;
    }
    BigDecimal bounded = max(min(sum, most), least);
    if (bounded.compareTo(sum) == 0) {
      return new Reply.Increased(by.decimal(), sum, by.delta());
    }
    return by.saturates()
        ? new Reply.Increased(by.decimal(), bounded, bounded.subtract(number))
        : new Reply.Increased(by.decimal(), number, BigDecimal.ZERO);
  }

  private static BigDecimal min(BigDecimal number, @Nullable BigDecimal bound) {
    return bound == null ? number : number.min(bound);
  }

  private static BigDecimal max(BigDecimal number, @Nullable BigDecimal bound) {
    return bound == null ? number : number.max(bound);
  }

  private static @Nullable BigDecimal integer(ByteBuffer text) {
    return sum(text, 0, Arithmetic.SIGNED) instanceof Reply.Count(long number)
        ? BigDecimal.valueOf(number)
        : null;
  }

  /** As it is stored. */
  static ByteBuffer text(Reply.Increased sum) {
    return sum.decimal() ? LongDouble.text(sum.number()) : ascii(sum.number().toPlainString());
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
