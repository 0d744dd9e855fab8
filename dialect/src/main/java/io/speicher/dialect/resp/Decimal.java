package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** Whole numbers as Redis takes them: no sign but a minus, no leading zeros, nothing around. */
final class Decimal {
  private static final int MAX_DIGITS = 19;

  private Decimal() {}

  /** The number that the bytes from {@code index} on are, or {@code none}. */
  static long parse(ByteBuf bytes, int index, int length, long none) {
    boolean negative = length > 1 && bytes.getByte(index) == '-';
    int from = negative ? index + 1 : index;
    int end = index + length;
    if (end == from || end - from > MAX_DIGITS) {
      return none;
    }
    if (bytes.getByte(from) == '0') {
      return length == 1 ? 0 : none;
    }
    long number = 0; // Counted below zero, where there is one number more.
    for (int i = from; i < end; i++) {
      int digit = bytes.getByte(i) - '0';
      if (digit < 0 || digit > 9 || number < (Long.MIN_VALUE + digit) / 10) {
        return none;
      }
      number = number * 10 - digit;
    }
    if (negative) {
      return number;
    }
    return number == Long.MIN_VALUE ? none : -number;
  }

  /** Whether the remaining bytes are such a number. */
  static boolean isInteger(ByteBuffer bytes) {
    ByteBuf view = Unpooled.wrappedBuffer(bytes);
    return parse(view, 0, bytes.remaining(), 0) != 0
        || (bytes.remaining() == 1 && bytes.get(bytes.position()) == '0');
  }
}
