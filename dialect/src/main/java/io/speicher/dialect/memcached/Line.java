package io.speicher.dialect.memcached;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.speicher.dialect.FoundWords;
import io.speicher.dialect.ReplyBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A command line, split at spaces. Words behind the first ones are counted, in the pieces in which
 * the line arrives, and found when they are asked for.
 *
 * <p>Its offsets count from the beginning of the line, so it survives that the bytes it was read
 * from move to another buffer ({@link #moveTo}).
 */
final class Line {
  /** No more tokens are told apart at once. */
  private static final int MAX_TOKENS = 23;

  private final int[] starts = new int[MAX_TOKENS];
  private final int[] ends = new int[MAX_TOKENS];
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int base;
  private int size;
  private int length;

  /** Where the part begins that was not split. */
  private int rest;

  private @Nullable FoundWords furtherWords;

  /** How far words have been counted, and what was found. */
  private int countedTo;

  private int wordCount;
  private int wordBytes;
  private int longestFurtherBytes;

  /**
   * Reads the line that starts at the reader index of {@code from}. It ends before a zero byte, as
   * a C string does.
   */
  void split(ByteBuf from, int lineLength) {
    moveTo(from);
    size = 0;
    length = lineLength;
    int start = 0;
    int i = 0;
    for (; i < lineLength && size < MAX_TOKENS; i++) {
      byte next = from.getByte(base + i);
      if (next == ' ') {
        add(start, i);
        start = i + 1;
      } else if (next == 0) {
        length = i;
        break;
      }
    }
    if (size < MAX_TOKENS) {
      add(start, length);
    }
    rest = Math.min(i, length);
    furtherWords = null;
  }

  private void add(int start, int end) {
    if (start < end && size < MAX_TOKENS) {
      starts[size] = start;
      ends[size] = end;
      size++;
    }
  }

  /** From now on the line is what {@code from} has at its reader index. */
  void moveTo(ByteBuf from) {
    in = from;
    base = from.readerIndex();
  }

  /** How many tokens there are; the command's name is the first. */
  int size() {
    return size;
  }

  // ---- words behind the tokens ----

  /** Begins to count the words of another line. */
  void beginCounting() {
    countedTo = 0;
    wordCount = 0;
    wordBytes = 0;
    longestFurtherBytes = 0;
  }

  /** Counts the words of the line at the reader index of {@code from}, as far as this offset. */
  void countWords(ByteBuf from, int to) {
    int start = from.readerIndex();
    for (; countedTo < to; countedTo++) {
      if (from.getByte(start + countedTo) == ' ') {
        wordBytes = 0;
        continue;
      }
      if (wordBytes++ == 0) {
        wordCount++;
      }
      if (wordCount > MAX_TOKENS && wordBytes > longestFurtherBytes) {
        longestFurtherBytes = wordBytes;
      }
    }
  }

  /** How many words there are, the tokens included. */
  int wordCount() {
    if (rest == length) {
      return size;
    }
    countWords(in, length);
    return wordCount;
  }

  /** How long the longest word behind the tokens is, once they have been counted. */
  int longestFurtherBytes() {
    return rest == length ? 0 : longestFurtherBytes;
  }

  /** A view of a word, be it a token or behind them. */
  ByteBuffer word(int index) {
    if (index < size) {
      return view(index);
    }
    if (furtherWords == null) {
      furtherWords = new FurtherWords();
    }
    int further = index - size;
    return view(furtherWords.start(further), furtherWords.end(further));
  }

  private final class FurtherWords extends FoundWords {
    @Override
    protected void findAfter(int before) {
      int start = before == NONE ? rest : before;
      while (at(start) == ' ') {
        start++;
      }
      int end = start;
      while (end < length && at(end) != ' ') {
        end++;
      }
      found(start, end);
    }
  }

  // ---- tokens ----

  /** How many bytes a token has. */
  int length(int token) {
    return ends[token] - starts[token];
  }

  private byte at(int offset) {
    return in.getByte(base + offset);
  }

  byte at(int token, int offset) {
    return at(starts[token] + offset);
  }

  boolean is(int token, String text) {
    return length(token) == text.length() && startsWith(token, text);
  }

  boolean startsWith(int token, String text) {
    if (length(token) < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (at(token, i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A view of a token. */
  ByteBuffer view(int token) {
    return view(starts[token], ends[token]);
  }

  private ByteBuffer view(int start, int end) {
    return in.nioBuffer(base + start, end - start);
  }

  String text(int token) {
    return in.toString(base + starts[token], length(token), StandardCharsets.ISO_8859_1);
  }

  /** Appends a token to {@code out}. */
  void write(int token, ReplyBuffer out) {
    out.writeBytes(in.nioBuffer(base + starts[token], length(token)));
  }

  /** Whether a token, less its first {@code skipped} bytes, is a number; {@code numeral} has it. */
  boolean parse(int token, int skipped, Numeral numeral) {
    return numeral.parse(in, base + starts[token] + skipped, base + ends[token]);
  }

  /** Lets the bytes go until {@link #moveTo}: they may not be there any longer. */
  void forget() {
    in = Unpooled.EMPTY_BUFFER;
  }
}
