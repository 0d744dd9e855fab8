package io.speicher.cli.console;

import java.util.Locale;

/** Numbers as people read them, in at most five characters and a unit; {@code -} for NaN. */
public final class Units {
  private static final String UNKNOWN = "-";
  private static final String[] BYTES = {"B", "K", "M", "G", "T", "P"};
  private static final String[] COUNTS = {"", "k", "M", "G", "T"};

  private Units() {}

  /** A number of bytes, in units of 1,024 each: {@code 512B}, {@code 1.5M}. */
  public static String bytes(double bytes) {
    return scaled(bytes, 1_024, BYTES);
  }

  /** The same for a whole number of bytes. */
  public static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  /** A number of things: {@code 950}, {@code 12.3k}, {@code 4.5M}. */
  public static String count(double count) {
    return count < 10_000
        ? String.format(Locale.ROOT, "%.0f", count)
        : scaled(count, 1_000, COUNTS);
  }

  /** The same for a whole number. */
  public static String count(long count) {
    return count((double) count);
  }

  /** A time: {@code 87us}, {@code 1.4ms}, {@code 2.0s}. */
  public static String micros(double micros) {
    if (Double.isNaN(micros)) {
      return UNKNOWN;
    }
    if (micros < 999.5) {
      return String.format(Locale.ROOT, "%.0fus", micros);
    }
    return micros < 999_950
        ? String.format(Locale.ROOT, "%.1fms", micros / 1e3)
        : String.format(Locale.ROOT, "%.1fs", micros / 1e6);
  }

  /** How long ago or how long: {@code 45s}, {@code 12m}, {@code 3h05m}, {@code 2d04h}. */
  public static String seconds(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + "m" + twoDigits(seconds % 60) + "s";
    }
    return seconds < 86_400
        ? seconds / 3_600 + "h" + twoDigits(seconds / 60 % 60) + "m"
        : seconds / 86_400 + "d" + twoDigits(seconds / 3_600 % 24) + "h";
  }

  /** A share in percent, with a decimal. */
  public static String percent(double share) {
    return Double.isNaN(share) ? UNKNOWN : String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static String twoDigits(long number) {
    return String.format(Locale.ROOT, "%02d", number);
  }

  private static String scaled(double number, int factor, String[] units) {
    if (Double.isNaN(number)) {
      return UNKNOWN;
    }
    int unit = 0;
    double rest = number;
    while (rest >= factor - 0.5 && unit < units.length - 1) {
      rest /= factor;
      unit++;
    }
    String format = unit == 0 || rest >= 99.95 ? "%.0f%s" : "%.1f%s";
    return String.format(Locale.ROOT, format, rest, units[unit]);
  }
}
