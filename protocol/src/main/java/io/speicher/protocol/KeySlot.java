package io.speicher.protocol;

import java.nio.ByteBuffer;

/** Which of Redis's slots a key belongs to: what clients of a cluster compute, too. */
public final class KeySlot {

  /*
   * CRC16 as XMODEM has it (polynomial 0x1021, no reflection, initial value 0), modulo 16,384. If
   * the key has a '{' and a '}' behind it with something in between, that alone is hashed, so that
   * keys can be brought together: "Redis cluster specification", key distribution model.
   */

  /** How many there are. */
  public static final int SLOTS = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final char[] TABLE = new char[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      TABLE[i] = (char) crc;
    }
  }

  private KeySlot() {}

  /** The slot of the remaining bytes. */
  public static int of(ByteBuffer key) {
    int from = key.position();
    int to = key.limit();
    int open = find(key, '{', from, to);
    if (open < to) {
      int close = find(key, '}', open + 1, to);
      if (close < to && close > open + 1) {
        from = open + 1;
        to = close;
      }
    }
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = (crc << 8 & 0xffff) ^ TABLE[(crc >>> 8 ^ key.get(i)) & 0xff];
    }
    return crc & (SLOTS - 1);
  }

  private static int find(ByteBuffer key, char wanted, int from, int to) {
    int i = from;
    while (i < to && key.get(i) != wanted) {
      i++;
    }
    return i;
  }
}
