package io.speicher.cli.resp;

import java.nio.ByteBuffer;

/** Numbers of decimal digits, read without making a text of them. */
final class Digits {
  private Digits() {}

  /** The signed number that the remaining bytes are, or {@code other} if they are none. */
  static long number(ByteBuffer bytes, long other) {
    int from = bytes.position();
    int end = bytes.limit();
    boolean isNegative = from < end && bytes.get(from) == '-';
    int first = isNegative || (from < end && bytes.get(from) == '+') ? from + 1 : from;
    if (first == end || end - first > 19) {
      return other;
    }
    long number = 0; // Negative: the smallest number has no positive counterpart.
    for (int i = first; i < end; i++) {
      int digit = bytes.get(i) - '0';
      if (digit < 0 || digit > 9 || number < (Long.MIN_VALUE + digit) / 10) {
        return other;
      }
      number = 10 * number - digit;
    }
    if (!isNegative && number == Long.MIN_VALUE) {
      return other;
    }
    return isNegative ? number : -number;
  }
}
