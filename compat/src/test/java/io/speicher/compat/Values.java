package io.speicher.compat;

import java.util.Random;

/** Values that are hard on a codec. */
final class Values {
  /** Below what memcached takes with its own settings, its header included. */
  static final int LARGE_BYTES = 1_000_000;

  private Values() {}

  /** Every byte once, with CR LF among them twice. */
  static byte[] allBytes() {
    byte[] bytes = new byte[258];
    for (int i = 0; i < 256; i++) {
      bytes[i] = (byte) i;
    }
    bytes[256] = '\r';
    bytes[257] = '\n';
    return bytes;
  }

  /** Bytes that no client can compress, always the same. */
  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
