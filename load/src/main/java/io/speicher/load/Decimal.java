package io.speicher.load;

import java.nio.ByteBuffer;

/** Decimal numbers as bytes in big-endian buffers. */
final class Decimal {
  /** The digits of a key's number. */
  static final int KEY_DIGITS = 12;

  /** The digits of a write counter. */
  static final int COUNTER_DIGITS = 10;

  private static final short[] PAIRS = pairs();

  private Decimal() {}

  /** Puts twelve digits at {@code offset}. */
  static void putKeyDigits(ByteBuffer out, int offset, long number) {
    int high = (int) (number / 1_000_000);
    int low = (int) (number % 1_000_000);
    putSixDigits(out, offset, high);
    putSixDigits(out, offset + 6, low);
  }

  /** Puts ten digits at the buffer's position. */
  static void putCounter(ByteBuffer out, long counter) {
    int offset = out.position();
    int high = (int) (counter / 1_000_000);
    out.putShort(offset, PAIRS[high / 100]);
    out.putShort(offset + 2, PAIRS[high % 100]);
    putSixDigits(out, offset + 4, (int) (counter % 1_000_000));
    out.position(offset + COUNTER_DIGITS);
  }

  /** Puts as many digits as the number has at the buffer's position. */
  static void putNumber(ByteBuffer out, int number) {
    int offset = out.position();
    int end = offset + digits(number);
    out.position(end);
    int rest = number;
    do {
      end--;
      out.put(end, (byte) ('0' + rest % 10));
      rest /= 10;
    } while (rest > 0);
  }

  /** How many digits a number has that is not negative. */
  static int digits(int number) {
    int digits = 1;
    for (int rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  private static void putSixDigits(ByteBuffer out, int offset, int number) {
    out.putShort(offset, PAIRS[number / 10_000]);
    out.putShort(offset + 2, PAIRS[number / 100 % 100]);
    out.putShort(offset + 4, PAIRS[number % 100]);
  }

  private static short[] pairs() {
    short[] pairs = new short[100];
    for (int i = 0; i < 100; i++) {
      pairs[i] = (short) (('0' + i / 10) << 8 | ('0' + i % 10));
    }
    return pairs;
  }
}
