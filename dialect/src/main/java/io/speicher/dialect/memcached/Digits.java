package io.speicher.dialect.memcached;

import io.speicher.dialect.ReplyBuffer;

/** Writes numbers in decimal, without making strings of them. */
final class Digits {
  private Digits() {}

  /** Appends an unsigned number of 64 bits. */
  static void write(long number, ReplyBuffer out) {
    long power = 1;
    for (long left = number; left < 0 || left > 9; left = Long.divideUnsigned(left, 10)) {
      power *= 10;
    }
    long rest = number;
    for (; power != 0; power = Long.divideUnsigned(power, 10)) {
      long digit = Long.divideUnsigned(rest, power);
      out.writeByte((int) ('0' + digit));
      rest -= digit * power;
    }
  }
}
