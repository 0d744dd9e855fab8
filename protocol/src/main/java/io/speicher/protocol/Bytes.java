package io.speicher.protocol;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** What all dialects do with bytes, in the fewest steps: most of what they do is this. */
public final class Bytes {

  /*
   * Eight bytes at a time: where one of them is less than n, (x - n) & ~x has its highest bit set,
   * with n in each byte; and where one is equal to n, x ^ n is zero there, which is less than one.
   * What a borrow sets beside that lies above it, and the lowest one is looked for.
   */
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, LITTLE_ENDIAN);

  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, LITTLE_ENDIAN);

  private static final long EACH = 0x0101_0101_0101_0101L;
  private static final long HIGHEST = EACH << 7;

  private Bytes() {}

  /** Eight bytes from this index on, to be compared with a {@link #word(String)}. */
  public static long word(ByteBuffer bytes, int index) {
    return (long) LONG.get(bytes, index);
  }

  /** The word that the first eight characters are, all of them ASCII. */
  public static long word(String text) {
    return word(ByteBuffer.wrap(text.getBytes(US_ASCII)), 0);
  }

  /** The index of the first control character or space (32 or less), or {@code to}. */
  public static int indexOfSpace(ByteBuffer bytes, int from, int to) {
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long found = less(word(bytes, at), ' ' + 1);
      if (found != 0) {
        return at + firstByte(found);
      }
    }
    while (at < to && (bytes.get(at) & 0xFF) > ' ') {
      at++;
    }
    return at;
  }

  /**
   * The index of the first byte that cannot stand for itself in a JSON string (control characters,
   * quotes, backslashes), or {@code to}.
   *
   * @param ascii whether bytes beyond ASCII are looked for, too
   */
  public static int indexOfSpecial(ByteBuffer bytes, int from, int to, boolean ascii) {
    int at = from;
    // Two at a time, so that they do not wait for each other.
    while (at <= to - 2 * Long.BYTES) {
      long first = special(word(bytes, at), ascii);
      long second = special(word(bytes, at + Long.BYTES), ascii);
      if ((first | second) != 0) {
        return first != 0 ? at + firstByte(first) : at + Long.BYTES + firstByte(second);
      }
      at += 2 * Long.BYTES;
    }
    while (at < to && !isSpecial(bytes.get(at), ascii)) {
      at++;
    }
    return at;
  }

  /** The same in an array: what a client searches, without the checks of a buffer. */
  public static int indexOfSpecial(byte[] bytes, int from, int to, boolean ascii) {
    int at = from;
    while (at <= to - 2 * Long.BYTES) {
      long first = special((long) ARRAY_LONG.get(bytes, at), ascii);
      long second = special((long) ARRAY_LONG.get(bytes, at + Long.BYTES), ascii);
      if ((first | second) != 0) {
        return first != 0 ? at + firstByte(first) : at + Long.BYTES + firstByte(second);
      }
      at += 2 * Long.BYTES;
    }
    while (at < to && !isSpecial(bytes[at], ascii)) {
      at++;
    }
    return at;
  }

  private static long special(long word, boolean ascii) {
    // All three have the sign bits of the word itself: so these are masked out once.
    long less = (word - ' ' * EACH) | ((word ^ '"' * EACH) - EACH) | ((word ^ '\\' * EACH) - EACH);
    return ((less & ~word) | (ascii ? word : 0)) & HIGHEST;
  }

  private static boolean isSpecial(byte b, boolean ascii) {
    return b == '"' || b == '\\' || (b >= 0 ? b < ' ' : ascii);
  }

  private static long less(long word, int bound) {
    return (word - bound * EACH) & ~word & HIGHEST;
  }

  private static int firstByte(long found) {
    return Long.numberOfTrailingZeros(found) >>> 3;
  }
}
