package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Splits a line into words as Redis does: at white space, unless it stands in single or double
 * quotes; within double quotes a backslash begins {@code \n \r \t \b \a} or {@code \xFF}.
 */
final class LineSplitter {
  /** Stands before a word until its length is known, which is written over it. */
  private static final byte[] LENGTH = "$00000\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int LENGTH_DIGITS = 5;

  private final ByteBuf line;
  private final int end;
  private final ByteBuf words;
  private int at;

  private LineSplitter(ByteBuf line, int start, int end) {
    this.line = line;
    at = start;
    this.end = end;
    words = Unpooled.buffer(end - start + 4 * LENGTH.length);
  }

  /**
   * Gives the words of a line to {@code arguments}: copies, as if they had come in an array.
   *
   * @return false if a quote is not closed, or closed in the middle of a word
   */
  static boolean split(ByteBuf line, int start, int end, Arguments arguments) {
    LineSplitter splitter = new LineSplitter(line, start, end);
    arguments.lieIn(splitter.words, 0);
    while (splitter.skipSpace()) {
      if (!splitter.addWord(arguments)) {
        return false;
      }
    }
    return true;
  }

  private boolean addWord(Arguments arguments) {
    int from = words.writeBytes(LENGTH).writerIndex();
    if (!word()) {
      return false;
    }
    int length = words.writerIndex() - from;
    int rest = length;
    for (int i = LENGTH_DIGITS; rest > 0; i--) {
      words.setByte(from - LENGTH.length + i, '0' + rest % 10);
      rest /= 10;
    }
    words.writeByte('\r').writeByte('\n');
    arguments.add(from, length);
    return true;
  }

  private boolean skipSpace() {
    while (at < end && isSpace(line.getByte(at))) {
      at++;
    }
    return at < end;
  }

  private boolean word() {
    while (at < end && !endsWord(line.getByte(at))) {
      byte b = line.getByte(at++);
      if (b != '"' && b != '\'') {
        words.writeByte(b);
      } else if (!quoted(b)) {
        return false;
      } else {
        return true; // It ends where its quote does.
      }
    }
    return true;
  }

  private boolean quoted(byte quote) {
    while (at < end) {
      byte b = line.getByte(at++);
      if (b == quote) {
        return at == end || isSpace(line.getByte(at));
      }
      if (b == '\\' && quote == '"' && at < end) {
        words.writeByte(escaped());
      } else if (b == '\\' && quote == '\'' && at < end && line.getByte(at) == '\'') {
        words.writeByte(line.getByte(at++));
      } else {
        words.writeByte(b);
      }
    }
    return false;
  }

  private byte escaped() {
    byte b = line.getByte(at++);
    if (b == 'x' && end - at >= 2) {
      int high = Character.digit(line.getByte(at), 16);
      int low = Character.digit(line.getByte(at + 1), 16);
      if (high >= 0 && low >= 0) {
        at += 2;
        return (byte) (high << 4 | low);
      }
    }
    return switch (b) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'b' -> '\b';
      case 'a' -> 7;
      default -> b;
    };
  }

  /** Less than all white space: so it is in Redis. */
  private static boolean endsWord(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }
}
