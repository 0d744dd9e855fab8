package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of RESP2 and RESP3. */
final class RespFormat {
  /** Types whose line says how many bytes follow it. */
  private static final String BULKS = "$=!";

  /** Types whose line says how many replies follow it. */
  private static final String AGGREGATES = "*~>";

  /** Types whose line says how many pairs of replies follow it. */
  private static final String MAPS = "%|";

  private static final String LINES = "+-:_#,(";

  private RespFormat() {}

  /** Reads words, which become an array of bulk strings. Those in quotes may hold spaces. */
  static Template request(String text) {
    List<Template> words = new ArrayList<>();
    int at = skipSpaces(text, 0);
    while (at < text.length()) {
      boolean quoted = text.charAt(at) == '"';
      int from = quoted ? at + 1 : at;
      int to = endOfWord(text, from, quoted);
      words.add(Template.parseEscaped(text.substring(from, to)));
      at = skipSpaces(text, quoted ? to + 1 : to);
    }
    return Template.multibulk(text, words);
  }

  private static int skipSpaces(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at;
  }

  private static int endOfWord(String text, int from, boolean quoted) {
    int at = from;
    while (at < text.length() && text.charAt(at) != (quoted ? '"' : ' ')) {
      if (text.charAt(at) == '\\') {
        at++;
      } else if (text.startsWith("$(", at)) {
        at = text.indexOf(')', at);
        if (at < 0) {
          throw new IllegalArgumentException("a place has no end");
        }
      }
      at++;
    }
    if (at > text.length() || (quoted && at == text.length())) {
      throw new IllegalArgumentException("a word has no end");
    }
    return at;
  }

  /** See {@link Dialect#replyBytes}. */
  static int replyBytes(byte[] bytes, int from, int to) {
    int line = endOfLine(bytes, from, to);
    if (line == 0) {
      return 0;
    }
    char type = (char) (bytes[from] & 0xff);
    if (LINES.indexOf(type) >= 0) {
      return line - from;
    }
    if (BULKS.indexOf(type) >= 0) {
      long end = line + (count(bytes, from, line) < 0 ? 0 : count(bytes, from, line) + 2);
      return end <= to ? (int) (end - from) : 0;
    }
    if (AGGREGATES.indexOf(type) < 0 && MAPS.indexOf(type) < 0) {
      throw new CaseFailure("no reply of RESP begins with byte 0x%02x".formatted((int) type), "");
    }
    int at = line;
    for (long i = elements(bytes, from, line); i > 0; i--) {
      int element = replyBytes(bytes, at, to);
      if (element == 0) {
        return 0;
      }
      at += element;
    }
    return at - from;
  }

  /** A reply whose elements are sorted, at every depth, so that two can be compared as sets. */
  static String sorted(byte[] bytes, int from, int to) {
    char type = (char) (bytes[from] & 0xff);
    if (AGGREGATES.indexOf(type) < 0) {
      return new String(bytes, from, to - from, ISO_8859_1);
    }
    int at = endOfLine(bytes, from, to);
    StringBuilder text = new StringBuilder(new String(bytes, from, at - from, ISO_8859_1));
    List<String> elements = new ArrayList<>();
    while (at < to) {
      int end = at + replyBytes(bytes, at, to);
      elements.add(sorted(bytes, at, end));
      at = end;
    }
    elements.sort(null);
    elements.forEach(text::append);
    return text.toString();
  }

  private static long elements(byte[] bytes, int from, int line) {
    long count = count(bytes, from, line);
    return MAPS.indexOf(bytes[from]) >= 0 ? 2 * count : count;
  }

  private static long count(byte[] bytes, int from, int line) {
    String digits = new String(Arrays.copyOfRange(bytes, from + 1, line - 2), ISO_8859_1);
    try {
      long count = Long.parseLong(digits);
      if (count >= -1 && count <= Wire.MAX_REPLY_BYTES) {
        return count;
      }
    } catch (NumberFormatException e) {
      // The message below says what is wrong with it.
    }
    throw new CaseFailure("a length of the reply is " + digits, "");
  }

  /** The offset after the line, or 0 when its end is not there. */
  private static int endOfLine(byte[] bytes, int from, int to) {
    for (int i = from; i + 1 < to; i++) {
      if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
        return i + 2;
      }
    }
    return 0;
  }
}
