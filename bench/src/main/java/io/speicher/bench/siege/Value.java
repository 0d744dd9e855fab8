package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * A value that names its key and version in its first bytes, followed by filler that depends on
 * both. Bytes of another value are recognized wherever they begin. Plain ASCII without quotes and
 * backslashes, so that every dialect carries it as it is.
 */
record Value(String key, long version, int length) {
  private static final byte[] FILLER =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".getBytes(US_ASCII);

  /** Of a linear congruential generator (Knuth, MMIX). */
  private static final long MULTIPLIER = 6_364_136_223_846_793_005L;

  private static final long INCREMENT = 1_442_695_040_888_963_407L;

  byte[] bytes() {
    byte[] head = (key + "|" + version + "|" + length + "|").getBytes(US_ASCII);
    byte[] bytes = Arrays.copyOf(head, Math.max(head.length, length));
    long state = key.hashCode() * 31L + version;
    for (int i = head.length; i < bytes.length; i++) {
      state = state * MULTIPLIER + INCREMENT;
      bytes[i] = FILLER[(int) (state >>> 58)];
    }
    return bytes;
  }

  /**
   * Requires that {@code received} is this value.
   *
   * @throws WrongReplyException if a byte of it differs
   */
  void check(byte[] received) throws WrongReplyException {
    byte[] expected = bytes();
    int mismatch = Arrays.mismatch(expected, received);
    if (mismatch >= 0) {
      throw new WrongReplyException(
          "a value differs from what was written: key=%s version=%d offset=%d bytes=%d (expected: %d), there: %s"
              .formatted(
                  key,
                  version,
                  mismatch,
                  received.length,
                  expected.length,
                  WrongReplyException.excerpt(received, mismatch)));
    }
  }
}
