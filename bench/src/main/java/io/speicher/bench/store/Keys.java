package io.speicher.bench.store;

import java.nio.ByteBuffer;

/** Makes the key of an index, in a buffer that is used again for the next one. */
final class Keys {
  static final int KEY_BYTES = 16;

  private final ByteBuffer key = ByteBuffer.allocateDirect(KEY_BYTES);

  ByteBuffer key(long index) {
    return write(index, key);
  }

  /** Makes the key in {@code buffer}, and returns it. Different indexes have different keys. */
  static ByteBuffer write(long index, ByteBuffer buffer) {
    return buffer.putLong(0, mix(index)).putLong(8, index);
  }

  /** The index that a key was made of, or -1 if it was made of none. */
  static long index(ByteBuffer key) {
    if (key.remaining() != KEY_BYTES) {
      return -1;
    }
    long index = key.getLong(key.position() + 8);
    return key.getLong(key.position()) == mix(index) ? index : -1;
  }

  /** The finalizer of splitmix64: a permutation of the longs. */
  static long mix(long number) {
    long mixed = number + 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
