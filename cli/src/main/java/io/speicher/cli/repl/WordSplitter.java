package io.speicher.cli.repl;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes words of a line, as {@code redis-cli} does: white space separates them. In double quotes,
 * {@code \n \r \t \b \a} and {@code \xHH} are escapes, and any other character after a backslash is
 * itself; in single quotes, only {@code \'} is one. White space or nothing follows a closing quote.
 *
 * <p>Source: {@code sdssplitargs} of Redis 7.2.
 */
final class WordSplitter {
  private final byte[] line;
  private int at;

  private WordSplitter(byte[] line) {
    this.line = line;
  }

  /** The words of a line, or null if a quote is not closed, or something follows one that is. */
  static @Nullable List<ByteBuffer> split(byte[] line) {
    return new WordSplitter(line).split();
  }

  private @Nullable List<ByteBuffer> split() {
    List<ByteBuffer> words = new ArrayList<>();
    skipSpace();
    while (at < line.length) {
      ByteArrayOutputStream word = new ByteArrayOutputStream();
      if (!appendWord(word)) {
        return null;
      }
      words.add(ByteBuffer.wrap(word.toByteArray()));
      skipSpace();
    }
    return words;
  }

  private void skipSpace() {
    while (at < line.length && isSpace(line[at])) {
      at++;
    }
  }

  private boolean appendWord(ByteArrayOutputStream word) {
    while (at < line.length && !isSpace(line[at])) {
      byte b = line[at++];
      if (b == '"' || b == '\'') {
        return appendQuoted(word, b) && (at == line.length || isSpace(line[at]));
      }
      word.write(b);
    }
    return true;
  }

  /** Up to the closing quote; false if there is none. */
  private boolean appendQuoted(ByteArrayOutputStream word, byte quote) {
    while (at < line.length) {
      byte b = line[at++];
      if (b == quote) {
        return true;
      }
      boolean isEscape = b == '\\' && at < line.length && (quote == '"' || line[at] == '\'');
      word.write(isEscape ? escaped(quote) : b);
    }
    return false;
  }

  private int escaped(byte quote) {
    byte b = line[at++];
    if (quote == '\'') {
      return b;
    }
    if (b == 'x' && at + 1 < line.length) {
      int high = Character.digit(line[at], 16);
      int low = Character.digit(line[at + 1], 16);
      if (high >= 0 && low >= 0) {
        at += 2;
        return high << 4 | low;
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

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }
}
