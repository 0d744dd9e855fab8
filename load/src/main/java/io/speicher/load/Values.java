package io.speicher.load;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of values. They follow from the key and a write counter, so whoever reads a value can
 * tell whether it is right, whichever write it comes from. They are letters, digits, {@code -} and
 * {@code _}, which are the same in every dialect, JSON included.
 *
 * <pre>
 *  0              10                              n
 *  | write counter | a piece of a fixed pool      |    values of at least 16 bytes
 *  | a piece of a fixed pool                      |    shorter ones
 * </pre>
 *
 * <p>Where in the pool the piece begins, and how long it is, follows from a hash of key and
 * counter. So a value costs one copy, and one that is wrong or torn is found but for once in some
 * ten thousand times.
 */
final class Values {
  /** Values that are shorter have no counter, and cannot be verified. */
  static final int SMALLEST_VERIFIED = 16;

  private static final int POOL_BYTES = 1 << 14;
  private static final long POOL_SEED = 20_090_621;
  private static final long COUNTER_LIMIT = 10_000_000_000L;
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final ValueSizes sizes;
  private final byte[] pool;

  Values(ValueSizes sizes) {
    this.sizes = sizes;
    pool = pool(POOL_BYTES + sizes.largest());
  }

  int largest() {
    return sizes.largest();
  }

  /** What decides on everything about a value. */
  static long hash(long key, long counter) {
    return RandomNumbers.mix(key * 0x9E3779B97F4A7C15L + counter % COUNTER_LIMIT);
  }

  /** How long the value is. */
  int size(long hash) {
    return sizes.size(hash);
  }

  /** Puts the value at the buffer's position. */
  void put(ByteBuffer out, long counter, long hash, int size) {
    int piece = size;
    if (size >= SMALLEST_VERIFIED) {
      Decimal.putCounter(out, counter % COUNTER_LIMIT);
      piece = size - Decimal.COUNTER_DIGITS;
    }
    out.put(pool, pieceOffset(hash), piece);
  }

  /** What is wrong with a value that was read under a key, or null if nothing is. */
  @Nullable String problem(long key, byte[] bytes, int length) {
    if (length < SMALLEST_VERIFIED) {
      return "it has %d bytes (expected: at least %d)".formatted(length, SMALLEST_VERIFIED);
    }
    long counter = 0;
    for (int i = 0; i < Decimal.COUNTER_DIGITS; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return "byte %d is 0x%02x (expected: a digit)".formatted(i, bytes[i]);
      }
      counter = counter * 10 + bytes[i] - '0';
    }
    long hash = hash(key, counter);
    if (sizes.size(hash) != length) {
      return "it has %d bytes (expected: %d, as write %d left it)"
          .formatted(length, sizes.size(hash), counter);
    }
    int offset = pieceOffset(hash);
    int piece = length - Decimal.COUNTER_DIGITS;
    int difference =
        Arrays.mismatch(bytes, Decimal.COUNTER_DIGITS, length, pool, offset, offset + piece);
    return difference < 0
        ? null
        : "byte %d of %d is 0x%02x (expected: 0x%02x, as write %d left it)"
            .formatted(
                Decimal.COUNTER_DIGITS + difference,
                length,
                bytes[Decimal.COUNTER_DIGITS + difference],
                pool[offset + difference],
                counter);
  }

  private static int pieceOffset(long hash) {
    return (int) hash & (POOL_BYTES - 1);
  }

  /** Random letters; what is longer than the pool repeats it. */
  private static byte[] pool(int bytes) {
    byte[] pool = new byte[bytes];
    RandomNumbers random = new RandomNumbers(POOL_SEED);
    for (int i = 0; i < bytes; i++) {
      pool[i] =
          i < POOL_BYTES
              ? (byte) ALPHABET.charAt((int) random.below(ALPHABET.length()))
              : pool[i - POOL_BYTES];
    }
    return pool;
  }
}
