package io.speicher.dialect.memcached;

import io.netty.buffer.ByteBuf;

/**
 * A number in decimal, read as memcached reads it with C's strtol and its sisters: white space and
 * a sign may come first, and white space ends it.
 */
final class Numeral {
  private long magnitude;
  private boolean negative;

  /** Whether the bytes are a number that has 64 bits at most; then the other methods tell it. */
  boolean parse(ByteBuf in, int start, int end) {
    int i = start;
    while (i < end && isSpace(in.getByte(i))) {
      i++;
    }
    negative = i < end && in.getByte(i) == '-';
    if (i < end && (negative || in.getByte(i) == '+')) {
      i++;
    }
    int digits = i;
    magnitude = 0;
    for (; i < end; i++) {
      int digit = in.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      if (Long.compareUnsigned(magnitude, Long.divideUnsigned(-1 - digit, 10)) > 0) {
        return false;
      }
      magnitude = magnitude * 10 + digit;
    }
    return i > digits && (i == end || isSpace(in.getByte(i)));
  }

  private static boolean isSpace(byte octet) {
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
  }

  /** Whether it is a signed number, of 64 bits at most; as memcached does, we take 32 of them. */
  boolean isInt() {
    return magnitude >= 0 || (negative && magnitude == Long.MIN_VALUE);
  }

  int asInt() {
    return (int) (negative ? -magnitude : magnitude);
  }

  /** Whether it is an unsigned number of 64 bits: a minus wraps around unless it shows. */
  boolean isUnsigned() {
    return !negative || -magnitude >= 0;
  }

  long asUnsigned() {
    return negative ? -magnitude : magnitude;
  }
}
