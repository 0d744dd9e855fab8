package io.speicher.server.command;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-1-3 with a secret key: nobody who does not know it can find two inputs with the same
 * hash. Immutable.
 *
 * <p>Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012.
 */
final class SipHash {
  private final long k0;
  private final long k1;

  SipHash(SecureRandom random) {
    this(random.nextLong(), random.nextLong());
  }

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** The hash of the remaining bytes, whose position stays. */
  long hash(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    long last = (long) in.remaining() << 56;
    boolean isLast = false;
    while (!isLast) {
      isLast = in.remaining() < Long.BYTES;
      long word = isLast ? last | tail(in) : in.getLong();
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    v2 ^= 0xFF;
    for (int i = 0; i < 3; i++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** The remaining bytes, of which there are up to seven. */
  private static long tail(ByteBuffer in) {
    long word = 0;
    for (int shift = 0; in.hasRemaining(); shift += 8) {
      word |= (in.get() & 0xFFL) << shift;
    }
    return word;
  }
}
