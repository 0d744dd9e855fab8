package io.speicher.bench.store;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Values whose every byte depends on the key and on the generation of the write that brought it.
 *
 * <p>A value is a row of chunks of 24 to 39 bytes, all of one length, which depends on the key. A
 * put writes a group of chunks that are numbered; an append or prepend adds a chunk that stands
 * alone. So whatever two values are mixed, a chunk does not fit.
 *
 * <pre>
 *  0            8         12           16
 *  | generation | number  | group size | filler, 8 to 23 bytes |     group size 0: stands alone
 * </pre>
 */
final class SoakValue {
  private static final int HEADER_BYTES = 16;

  /**
   * What a sound value tells.
   *
   * @param put the generation of the put, which is the oldest there is
   * @param newest the newest generation in it
   */
  record Generations(long put, long newest) {}

  private SoakValue() {}

  static int chunkBytes(long index) {
    return HEADER_BYTES + 8 + (int) (index % 16);
  }

  /** Writes what a put of this generation stores. */
  static ByteBuffer write(ByteBuffer buffer, long index, long generation, int chunks) {
    buffer.clear();
    for (int number = 0; number < chunks; number++) {
      writeChunk(buffer, index, generation, number, chunks);
    }
    return buffer.flip();
  }

  /** Writes what an append or prepend of this generation adds. */
  static ByteBuffer writeAlone(ByteBuffer buffer, long index, long generation) {
    buffer.clear();
    writeChunk(buffer, index, generation, 0, 0);
    return buffer.flip();
  }

  /** Reads all of the value, or returns null if a byte in it is wrong. */
  static @Nullable Generations read(ByteBuffer value, long index) {
    int chunkBytes = chunkBytes(index);
    if (!value.hasRemaining() || value.remaining() % chunkBytes != 0) {
      return null;
    }
    long put = 0;
    long newest = 0;
    int expectedNumber = 0;
    int group = 0;
    for (int at = value.position(); at < value.limit(); at += chunkBytes) {
      long generation = value.getLong(at);
      int number = value.getInt(at + 8);
      int size = value.getInt(at + 12);
      if (!isFilled(value, at, index)) {
        return null;
      }
      newest = Math.max(newest, generation);
      if (size == 0) {
        if (expectedNumber != 0 && expectedNumber != group) {
          return null; // In the middle of a group.
        }
        continue;
      }
      if (expectedNumber == 0) {
        group = size;
        put = generation;
      }
      if (number != expectedNumber++ || size != group || generation != put) {
        return null;
      }
    }
    boolean whole = group > 0 && expectedNumber == group;
    return whole ? new Generations(put, newest) : null;
  }

  private static void writeChunk(
      ByteBuffer buffer, long index, long generation, int number, int size) {
    buffer.putLong(generation).putInt(number).putInt(size);
    long filler = filler(index, generation, number, size);
    buffer.putLong(filler);
    for (int i = 0; i < index % 16; i++) {
      buffer.put((byte) (filler >>> i));
    }
  }

  private static boolean isFilled(ByteBuffer value, int at, long index) {
    long filler = filler(index, value.getLong(at), value.getInt(at + 8), value.getInt(at + 12));
    boolean filled = value.getLong(at + HEADER_BYTES) == filler;
    for (int i = 0; i < index % 16; i++) {
      filled &= value.get(at + HEADER_BYTES + 8 + i) == (byte) (filler >>> i);
    }
    return filled;
  }

  private static long filler(long index, long generation, int number, int size) {
    return Keys.mix(Keys.mix(index) ^ Keys.mix(generation) ^ ((long) number << 32 | size));
  }
}
