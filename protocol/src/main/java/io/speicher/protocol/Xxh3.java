package io.speicher.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The 64-bit hash XXH3 without a seed, of the remaining bytes of a buffer: what Redis calls the
 * digest of a value.
 *
 * <p>Source: <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">the
 * specification of xxHash</a>, section XXH3.
 */
public final class Xxh3 {
  private static final byte[] SECRET = secret();

  private static final long PRIME32_1 = 0x9E3779B1L;
  private static final long PRIME32_2 = 0x85EBCA77L;
  private static final long PRIME32_3 = 0xC2B2AE3DL;
  private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME64_3 = 0x165667B19E3779F9L;
  private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
  private static final long PRIME_MX1 = 0x165667919E3779F9L;
  private static final long PRIME_MX2 = 0x9FB21C651E98DF25L;

  private static final int STRIPE_BYTES = 64;
  private static final int LANES = 8;
  private static final int SECRET_STEP = 8;
  private static final int STRIPES = (192 - STRIPE_BYTES) / SECRET_STEP;
  private static final int BLOCK_BYTES = STRIPES * STRIPE_BYTES;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SECRET_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SECRET_INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Xxh3() {}

  private static byte[] secret() {
    String hex =
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
            + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
            + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
            + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
            + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
            + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e";
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
    }
    return bytes;
  }

  /** The hash of the remaining bytes, whose position stays as it is. */
  public static long hash(ByteBuffer bytes) {
    int at = bytes.position();
    int length = bytes.remaining();
    if (length <= 16) {
      return upTo16(bytes, at, length);
    }
    if (length <= 128) {
      return upTo128(bytes, at, length);
    }
    return length <= 240 ? upTo240(bytes, at, length) : longer(bytes, at, length);
  }

  private static long upTo16(ByteBuffer in, int at, int length) {
    if (length > 8) {
      long low = get(in, at) ^ (secret(24) ^ secret(32));
      long high = get(in, at + length - 8) ^ (secret(40) ^ secret(48));
      return avalanche(length + Long.reverseBytes(low) + high + fold(low, high));
    }
    if (length >= 4) {
      long first = getInt(in, at) & 0xFFFF_FFFFL;
      long last = getInt(in, at + length - 4) & 0xFFFF_FFFFL;
      long hash = (last + (first << 32)) ^ (secret(8) ^ secret(16));
      hash ^= Long.rotateLeft(hash, 49) ^ Long.rotateLeft(hash, 24);
      hash *= PRIME_MX2;
      hash ^= (hash >>> 35) + length;
      hash *= PRIME_MX2;
      return hash ^ hash >>> 28;
    }
    if (length > 0) {
      int first = in.get(at) & 0xFF;
      int middle = in.get(at + (length >> 1)) & 0xFF;
      int last = in.get(at + length - 1) & 0xFF;
      long combined = ((first << 16) | (middle << 24) | last | (length << 8)) & 0xFFFF_FFFFL;
      long mask = (secretInt(0) ^ secretInt(4)) & 0xFFFF_FFFFL;
      return avalanche64(combined ^ mask);
    }
    return avalanche64(secret(56) ^ secret(64));
  }

  private static long upTo128(ByteBuffer in, int at, int length) {
    long hash = length * PRIME64_1;
    for (int i = (length - 1) / 32; i >= 0; i--) {
      hash += mix16(in, at + 16 * i, 32 * i);
      hash += mix16(in, at + length - 16 * (i + 1), 32 * i + 16);
    }
    return avalanche(hash);
  }

  private static long upTo240(ByteBuffer in, int at, int length) {
    long hash = length * PRIME64_1;
    for (int i = 0; i < 8; i++) {
      hash += mix16(in, at + 16 * i, 16 * i);
    }
    hash = avalanche(hash);
    for (int i = 8; i < length / 16; i++) {
      hash += mix16(in, at + 16 * i, 16 * (i - 8) + 3);
    }
    return avalanche(hash + mix16(in, at + length - 16, 136 - 17));
  }

  private static long longer(ByteBuffer in, int at, int length) {
    long[] lanes = {
      PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1
    };
    int blocks = (length - 1) / BLOCK_BYTES;
    for (int block = 0; block < blocks; block++) {
      int start = at + block * BLOCK_BYTES;
      for (int stripe = 0; stripe < STRIPES; stripe++) {
        accumulate(lanes, in, start + stripe * STRIPE_BYTES, SECRET_STEP * stripe);
      }
      for (int i = 0; i < LANES; i++) {
        lanes[i] = (lanes[i] ^ lanes[i] >>> 47 ^ secret(192 - 64 + 8 * i)) * PRIME32_1;
      }
    }
    int start = at + blocks * BLOCK_BYTES;
    int stripes = (length - 1 - blocks * BLOCK_BYTES) / STRIPE_BYTES;
    for (int stripe = 0; stripe < stripes; stripe++) {
      accumulate(lanes, in, start + stripe * STRIPE_BYTES, SECRET_STEP * stripe);
    }
    accumulate(lanes, in, at + length - STRIPE_BYTES, 192 - STRIPE_BYTES - 7);
    long hash = length * PRIME64_1;
    for (int i = 0; i < LANES / 2; i++) {
      hash += fold(lanes[2 * i] ^ secret(11 + 16 * i), lanes[2 * i + 1] ^ secret(19 + 16 * i));
    }
    return avalanche(hash);
  }

  private static void accumulate(long[] lanes, ByteBuffer in, int at, int secret) {
    for (int i = 0; i < LANES; i++) {
      long data = get(in, at + 8 * i);
      long keyed = data ^ secret(secret + 8 * i);
      lanes[i ^ 1] += data;
      lanes[i] += (keyed & 0xFFFF_FFFFL) * (keyed >>> 32);
    }
  }

  private static long mix16(ByteBuffer in, int at, int secret) {
    return fold(get(in, at) ^ secret(secret), get(in, at + 8) ^ secret(secret + 8));
  }

  private static long fold(long a, long b) {
    long high = Math.multiplyHigh(a, b) + ((a >> 63) & b) + ((b >> 63) & a); // Unsigned.
    return (a * b) ^ high;
  }

  private static long avalanche(long hash) {
    long mixed = (hash ^ hash >>> 37) * PRIME_MX1;
    return mixed ^ mixed >>> 32;
  }

  private static long avalanche64(long hash) {
    long mixed = (hash ^ hash >>> 33) * PRIME64_2;
    mixed = (mixed ^ mixed >>> 29) * PRIME64_3;
    return mixed ^ mixed >>> 32;
  }

  private static long get(ByteBuffer in, int at) {
    return (long) LONGS.get(in, at);
  }

  private static int getInt(ByteBuffer in, int at) {
    return (int) INTS.get(in, at);
  }

  private static long secret(int at) {
    return (long) SECRET_LONGS.get(SECRET, at);
  }

  private static int secretInt(int at) {
    return (int) SECRET_INTS.get(SECRET, at);
  }
}
