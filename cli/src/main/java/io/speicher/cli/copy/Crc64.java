package io.speicher.cli.copy;

/**
 * The checksum at the end of an RDB file: CRC-64 with the polynomial of Jones, reflected, beginning
 * with zero.
 *
 * <p>Source: {@code crc64.c} of Redis. The check value of {@code 123456789} is {@code
 * e9c6d914c4b8d9ca}.
 */
final class Crc64 {
  private static final long POLYNOMIAL = 0x95AC_9329_AC4B_C9B5L;

  /** For each byte at each of eight distances from the end, so that eight bytes are one step. */
  private static final long[][] TABLES = tables();

  private long sum;

  private static long[][] tables() {
    long[][] tables = new long[8][256];
    for (int b = 0; b < 256; b++) {
      long crc = b;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
      }
      tables[0][b] = crc;
    }
    for (int b = 0; b < 256; b++) {
      for (int distance = 1; distance < 8; distance++) {
        long before = tables[distance - 1][b];
        tables[distance][b] = tables[0][(int) before & 0xFF] ^ (before >>> 8);
      }
    }
    return tables;
  }

  void update(byte[] bytes, int from, int end) {
    int i = from;
    long crc = sum;
    for (; i + 8 <= end; i += 8) {
      for (int b = 0; b < 8; b++) {
        crc ^= (bytes[i + b] & 0xFFL) << (8 * b);
      }
      long next = 0;
      for (int b = 0; b < 8; b++) {
        next ^= TABLES[7 - b][(int) (crc >>> (8 * b)) & 0xFF];
      }
      crc = next;
    }
    for (; i < end; i++) {
      crc = TABLES[0][(int) (crc ^ bytes[i]) & 0xFF] ^ (crc >>> 8);
    }
    sum = crc;
  }

  long value() {
    return sum;
  }
}
