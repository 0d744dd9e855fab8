package io.speicher.dialect.resp;

import io.netty.buffer.ByteBuf;

/**
 * Splits a line into words as Redis does: at white space, unless it stands in single or double
 * quotes; within double quotes a backslash begins {@code \n \r \t \b \a} or {@code \xFF}.
 */
final class LineSplitter {
  private final ByteBuf line;
  private final int end;
  private final byte[] words;
  private int at;
  private int written;

  private LineSplitter(ByteBuf line, int start, int end, byte[] words) {
    this.line = line;
    at = start;
    this.end = end;
    this.words = words;
  }

  /**
   * Writes the words, one after the other, to {@code words}, which is as long as the line.
   *
   * @return false if a quote is not closed, or closed in the middle of a word
   */
  static boolean split(ByteBuf line, int start, int end, byte[] words, Arguments arguments) {
    LineSplitter splitter = new LineSplitter(line, start, end, words);
    while (splitter.skipSpace()) {
      int from = splitter.written;
      if (!splitter.word()) {
        return false;
      }
      arguments.add(from, splitter.written - from);
    }
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
        words[written++] = b;
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
        words[written++] = escaped();
      } else if (b == '\\' && quote == '\'' && at < end && line.getByte(at) == '\'') {
        words[written++] = line.getByte(at++);
      } else {
        words[written++] = b;
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
