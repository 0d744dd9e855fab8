package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getLong;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * Where the prefixes of namespaces may end in a key: after a byte that one of them ends in, and at
 * a length that one of them has. Looks at eight bytes of a key at a time. Immutable.
 */
final class PrefixEnds {
  /** Bytes of a key that one answer is about. */
  static final int BLOCK = Long.SIZE;

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);

  private static final long LOW_BITS = 0x0101_0101_0101_0101L;
  private static final long ALL_BUT_HIGH_BITS = 0x7F7F_7F7F_7F7F_7F7FL;

  /** Moves the lowest bit of each byte of a word to the highest byte, in order. */
  private static final long GATHER = 0x0102_0408_1020_4080L;

  /** Each byte that a prefix ends in, eight times. Never zero. */
  private final long[] lastBytes;

  /** A bit for each length that a prefix has, less one. */
  private final long[] lengths;

  private final int longest;

  PrefixEnds(Collection<byte[]> prefixes) {
    lastBytes =
        prefixes.stream()
            .mapToLong(prefix -> (prefix[prefix.length - 1] & 0xFF) * LOW_BITS)
            .distinct()
            .toArray();
    longest = prefixes.stream().mapToInt(prefix -> prefix.length).max().orElse(0);
    lengths = new long[(longest + BLOCK - 1) / BLOCK];
    for (byte[] prefix : prefixes) {
      lengths[(prefix.length - 1) / BLOCK] |= 1L << (prefix.length - 1);
    }
  }

  /** In how many blocks of a key of that many bytes a prefix may end. */
  int blocks(int bytes) {
    return (Math.min(bytes, longest) + BLOCK - 1) / BLOCK;
  }

  /** After which bytes of a block of a key a prefix may end: the lowest bit is the first byte. */
  long in(int block, ByteBuffer key, int start, int bytes) {
    int from = block * BLOCK;
    int to = Math.min(Math.min(bytes, longest), from + BLOCK);
    long found = 0;
    for (int at = from; at < to; at += Long.BYTES) {
      long word =
          at + Long.BYTES <= bytes
              ? (long) LONG.get(key, start + at)
              : rest(key, start + at, bytes - at);
      found |= positions(word) << at;
    }
    return found & lengths[block];
  }

  /** As the other one, of the same bytes at an address. */
  long in(int block, long address, int bytes) {
    int from = block * BLOCK;
    int to = Math.min(Math.min(bytes, longest), from + BLOCK);
    long found = 0;
    for (int at = from; at < to; at += Long.BYTES) {
      long word = at + Long.BYTES <= bytes ? getLong(address + at) : rest(address + at, bytes - at);
      found |= positions(word) << at;
    }
    return found & lengths[block];
  }

  private static long rest(ByteBuffer key, int start, int bytes) {
    long word = 0;
    for (int i = 0; i < bytes; i++) {
      word |= (key.get(start + i) & 0xFFL) << (Byte.SIZE * i);
    }
    return word;
  }

  private static long rest(long address, int bytes) {
    long word = 0;
    for (int i = 0; i < bytes; i++) {
      word |= (getByte(address + i) & 0xFFL) << (Byte.SIZE * i);
    }
    return word;
  }

  /** A bit for each byte of a word that is a last one: the lowest bit for the lowest byte. */
  private long positions(long word) {
    long found = 0;
    for (long lastByte : lastBytes) {
      long others = word ^ lastByte; // Zero where the byte is the same.
      found |= ~(((others & ALL_BUT_HIGH_BITS) + ALL_BUT_HIGH_BITS) | others | ALL_BUT_HIGH_BITS);
    }
    return ((found >>> (Byte.SIZE - 1)) * GATHER) >>> (Long.SIZE - Byte.SIZE);
  }
}
