package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The words of a command, its name first: where they lie in a buffer that others own. */
final class Arguments {
  private static final int FEW = 8;

  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

  /** Where the words start, counted from {@link #origin}, and how long they are. */
  private int[] offsets = new int[FEW];

  private int[] lengths = new int[FEW];
  private int count;
  private int origin;

  void clear() {
    count = 0;
    if (offsets.length > FEW) {
      offsets = new int[FEW];
      lengths = new int[FEW];
    }
  }

  void add(int offset, int length) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    offsets[count] = offset;
    lengths[count++] = length;
  }

  /** Says what the offsets are counted from. */
  void lieIn(ByteBuf words, int start) {
    buffer = words;
    origin = start;
  }

  int count() {
    return count;
  }

  int length(int index) {
    return lengths[index];
  }

  byte byteAt(int index, int offset) {
    return buffer.getByte(origin + offsets[index] + offset);
  }

  /** A view. */
  ByteBuffer bytes(int index) {
    return buffer.internalNioBuffer(origin + offsets[index], lengths[index]).slice();
  }

  /** The number that this is, or {@code none}. */
  long integer(int index, long none) {
    return Decimal.parse(buffer, origin + offsets[index], lengths[index], none);
  }

  String string(int index) {
    return buffer.toString(origin + offsets[index], lengths[index], StandardCharsets.ISO_8859_1);
  }

  /** For an error: at most so many characters, and those before a zero byte, as C has it. */
  String echo(int index, int maxLength) {
    int start = origin + offsets[index];
    int length = Math.min(maxLength, lengths[index]);
    int zero = length == 0 ? -1 : buffer.indexOf(start, start + length, (byte) 0);
    return buffer.toString(start, zero < 0 ? length : zero - start, StandardCharsets.ISO_8859_1);
  }

  /** All from this one on. */
  Arguments from(int index) {
    Arguments rest = new Arguments();
    for (int i = index; i < count; i++) {
      rest.add(offsets[i], lengths[i]);
    }
    rest.lieIn(buffer, origin);
    return rest;
  }

  /** Whether this is the word, which is in lower case, however it is written. */
  boolean is(int index, String word) {
    if (lengths[index] != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (lowerCase(byteAt(index, i)) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lowerCase(byte b) {
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
  }

  /** How many bytes {@link #writeTo} writes. */
  long copyBytes() {
    long sum = Integer.BYTES;
    for (int i = 0; i < count; i++) {
      sum += Integer.BYTES + lengths[i];
    }
    return sum;
  }

  /** Copies the words, for {@link #readFrom}. */
  void writeTo(ByteBuf out) {
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      out.writeInt(lengths[i]);
    }
    for (int i = 0; i < count; i++) {
      out.writeBytes(buffer, origin + offsets[i], lengths[i]);
    }
  }

  /** Arguments that lie in a buffer where {@link #writeTo} has put them, and takes them. */
  static Arguments readFrom(ByteBuf in) {
    Arguments copy = new Arguments();
    int total = 0;
    for (int left = in.readInt(); left > 0; left--) {
      int length = in.readInt();
      copy.add(total, length);
      total += length;
    }
    copy.lieIn(in, in.readerIndex());
    in.skipBytes(total);
    return copy;
  }
}
