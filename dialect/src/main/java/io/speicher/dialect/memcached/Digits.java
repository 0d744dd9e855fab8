package io.speicher.dialect.memcached;

import io.netty.buffer.ByteBuf;

/** Writes numbers in decimal, without making strings of them. */
final class Digits {
  private Digits() {}

  /** Appends an unsigned number of 64 bits. */
  static void write(long number, ByteBuf out) {
    int count = 1;
    for (long left = number; left < 0 || left > 9; left = Long.divideUnsigned(left, 10)) {
      count++;
    }
    int start = out.writerIndex();
    out.writeZero(count);
    long left = number;
    for (int i = start + count - 1; i >= start; i--) {
      long rest = Long.divideUnsigned(left, 10);
      out.setByte(i, (int) ('0' + left - rest * 10));
      left = rest;
    }
  }
}
