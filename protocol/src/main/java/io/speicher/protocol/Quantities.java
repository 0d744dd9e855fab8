package io.speicher.protocol;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and times as people write them in options and configuration files: {@code 64mb, 10s}. */
public final class Quantities {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d+)\\s*([a-z]*)");

  private Quantities() {}

  /**
   * The number of bytes that {@code text} says: digits and one of b, k, kb, m, mb, g, gb (of 1,024
   * each) or nothing for bytes, in any case.
   *
   * @throws IllegalArgumentException if it says nothing of the kind, or more than a long holds
   */
  public static long bytes(String text) {
    return quantity(
        text,
        "a size such as 512kb, 64mb or 2gb",
        unit ->
            switch (unit) {
              case "", "b" -> 1;
              case "k", "kb" -> 1L << 10;
              case "m", "mb" -> 1L << 20;
              case "g", "gb" -> 1L << 30;
              default -> 0;
            });
  }

  /**
   * The time that {@code text} says: digits and one of ms, s, m, h, d; only zero needs no unit.
   *
   * @throws IllegalArgumentException if it says nothing of the kind, or more than a long holds
   */
  public static Duration duration(String text) {
    if (text.strip().equals("0")) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(
        quantity(
            text,
            "a time such as 500ms, 10s, 5m, 2h or 1d",
            unit ->
                switch (unit) {
                  case "ms" -> 1;
                  case "s" -> 1_000;
                  case "m" -> 60_000;
                  case "h" -> 3_600_000;
                  case "d" -> 86_400_000;
                  default -> 0;
                }));
  }

  /** {@code bytes} in the largest unit that shows it in at most four digits: {@code 5.9gb}. */
  public static String ofBytes(long bytes) {
    String[] units = {"b", "kb", "mb", "gb", "tb"};
    int unit = 0;
    double number = bytes;
    while (number >= 1_024 && unit < units.length - 1) {
      number /= 1_024;
      unit++;
    }
    String format = number == Math.rint(number) ? "%.0f%s" : "%.1f%s";
    return String.format(Locale.ROOT, format, number, units[unit]);
  }

  private interface Factors {
    /** How much one of {@code unit} is, or 0 if there is no such unit. */
    long of(String unit);
  }

  private static long quantity(String text, String expected, Factors factors) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
    long factor = matcher.matches() ? factors.of(matcher.group(2)) : 0;
    if (factor == 0) {
      throw new IllegalArgumentException("'" + text + "' is not " + expected);
    }
    long max = Long.MAX_VALUE / factor;
    BigInteger number = new BigInteger(matcher.group(1));
    if (number.compareTo(BigInteger.valueOf(max)) > 0) {
      throw new IllegalArgumentException(
          "'%s' is too large (expected: up to %d%s)".formatted(text, max, matcher.group(2)));
    }
    return number.longValue() * factor;
  }
}
