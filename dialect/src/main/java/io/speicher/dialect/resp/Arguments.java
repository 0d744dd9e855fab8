package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.FoundWords;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The words of a command, its name first: where they lie in a buffer that others own.
 *
 * <pre>
 *  start                                              end
 *  | $ length CR LF | word | CR LF | $ length CR LF | word | CR LF |  and so on
 * </pre>
 *
 * <p>The places of the first words are remembered. Those of others are found again when they are
 * asked for, since there may be millions of them.
 */
final class Arguments {
  private static final int FEW = 8;
  private static final int REMEMBERED = 64;
  private static final int LINE_END_BYTES = 2;

  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

  /** What all offsets are counted from. */
  private int origin;

  /** Where the first word's length begins, and the offset behind the line end of the last word. */
  private int start;

  private int end;
  private int count;

  // The first words.
  private int[] offsets = new int[FEW];
  private int[] lengths = new int[FEW];

  /** Those behind them; null until one of them is asked for. */
  private @Nullable FoundWords others;

  // The longest and the shortest word with an odd index, and with an even one but the name.
  private final int[] longest = new int[2];
  private final int[] shortest = new int[2];

  Arguments() {
    clear(0);
  }

  /** Begins with the words whose first length begins at this offset. */
  void clear(int newStart) {
    start = newStart;
    end = newStart;
    count = 0;
    others = null;
    Arrays.fill(longest, 0);
    Arrays.fill(shortest, Integer.MAX_VALUE);
    if (offsets.length > FEW) {
      offsets = new int[FEW];
      lengths = new int[FEW];
    }
  }

  /** Adds the word that follows the last one. */
  void add(int offset, int length) {
    if (count < REMEMBERED) {
      remember(offset, length);
    }
    if (count > 0) {
      longest[count & 1] = Math.max(longest[count & 1], length);
      shortest[count & 1] = Math.min(shortest[count & 1], length);
    }
    count++;
    end = offset + length + LINE_END_BYTES;
  }

  private void remember(int offset, int length) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    offsets[count] = offset;
    lengths[count] = length;
  }

  /** Says what the offsets are counted from. */
  void lieIn(ByteBuf words, int newOrigin) {
    buffer = words;
    origin = newOrigin;
  }

  int count() {
    return count;
  }

  int length(int index) {
    return index < REMEMBERED
        ? lengths[index]
        : others().end(index - REMEMBERED) - others().start(index - REMEMBERED);
  }

  /** The index of the buffer where a word begins. */
  private int indexOf(int index) {
    return origin + (index < REMEMBERED ? offsets[index] : others().start(index - REMEMBERED));
  }

  private FoundWords others() {
    if (others == null) {
      others = new Others();
    }
    return others;
  }

  private final class Others extends FoundWords {
    @Override
    protected void findAfter(int before) {
      int last = REMEMBERED - 1;
      int lengthStart = (before == NONE ? offsets[last] + lengths[last] : before) + LINE_END_BYTES;
      int lengthEnd = lengthEnd(lengthStart);
      int word = lengthEnd + LINE_END_BYTES;
      found(word, word + number(lengthStart, lengthEnd));
    }
  }

  /** Where the length ends that begins at this offset. All have been read before, and are right. */
  private int lengthEnd(int lengthStart) {
    int at = lengthStart;
    while (buffer.getByte(origin + at) != '\r') {
      at++;
    }
    return at;
  }

  private int number(int lengthStart, int lengthEnd) {
    int number = 0;
    for (int at = lengthStart + 1; at < lengthEnd; at++) {
      number = 10 * number + buffer.getByte(origin + at) - '0';
    }
    return number;
  }

  /**
   * Whether all words from {@code from} on, or every second one of them, are of such a length.
   *
   * @param from not 0
   * @param step 1 or 2
   */
  boolean areWithin(int from, int step, int minBytes, int maxBytes) {
    int parity = from & 1;
    boolean isRight = shortest[parity] >= minBytes && longest[parity] <= maxBytes;
    int other = 1 - parity;
    return isRight && (step == 2 || (shortest[other] >= minBytes && longest[other] <= maxBytes));
  }

  byte byteAt(int index, int offset) {
    return buffer.getByte(indexOf(index) + offset);
  }

  /** A view. */
  ByteBuffer bytes(int index) {
    return buffer.internalNioBuffer(indexOf(index), length(index)).slice();
  }

  /** The number that this is, or {@code none}. */
  long integer(int index, long none) {
    return Decimal.parse(buffer, indexOf(index), length(index), none);
  }

  String string(int index) {
    return buffer.toString(indexOf(index), length(index), StandardCharsets.ISO_8859_1);
  }

  /** For an error: at most so many characters, and those before a zero byte, as C has it. */
  String echo(int index, int maxLength) {
    int from = indexOf(index);
    int length = Math.min(maxLength, length(index));
    int zero = length == 0 ? -1 : buffer.indexOf(from, from + length, (byte) 0);
    return buffer.toString(from, zero < 0 ? length : zero - from, StandardCharsets.ISO_8859_1);
  }

  /** All from this one on, which are at most a thousand. */
  Arguments from(int index) {
    Arguments rest = new Arguments();
    rest.lieIn(buffer, origin);
    for (int i = index; i < count; i++) {
      rest.add(indexOf(i) - origin, length(i));
    }
    return rest;
  }

  /** Whether this is the word, which is in lower case, however it is written. */
  boolean is(int index, String word) {
    if (length(index) != word.length()) {
      return false;
    }
    int from = indexOf(index);
    for (int i = 0; i < word.length(); i++) {
      if (lowerCase(buffer.getByte(from + i)) != word.charAt(i)) {
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
    return 2L * Integer.BYTES + end - start;
  }

  /** Copies the words, for {@link #readFrom}. */
  void writeTo(ByteBuf out) {
    out.writeInt(count).writeInt(end - start).writeBytes(buffer, origin + start, end - start);
  }

  /** Arguments that lie in a buffer where {@link #writeTo} has put them, and takes them. */
  static Arguments readFrom(ByteBuf in) {
    Arguments copy = new Arguments();
    int words = in.readInt();
    int bytes = in.readInt();
    copy.lieIn(in, in.readerIndex());
    while (copy.count < words) {
      int lengthEnd = copy.lengthEnd(copy.end);
      copy.add(lengthEnd + LINE_END_BYTES, copy.number(copy.end, lengthEnd));
    }
    in.skipBytes(bytes);
    return copy;
  }
}
