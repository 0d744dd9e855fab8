package io.speicher.protocol.json;

import io.speicher.protocol.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strings in JSON and out of it. */
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** By the byte that is escaped; a backslash is the last one that may be. */
  private static final byte[][] ESCAPES = escapes();

  private JsonText() {}

  /**
   * The string that stands between a pair of quotes in well-formed JSON, its escapes resolved. Half
   * of a surrogate pair stays what it is.
   */
  public static String unescape(ByteBuffer quoted) {
    String spelled = StandardCharsets.UTF_8.decode(quoted.duplicate()).toString();
    int backslash = spelled.indexOf('\\');
    if (backslash < 0) {
      return spelled;
    }
    StringBuilder string = new StringBuilder(spelled.length());
    int from = 0;
    while (backslash >= 0) {
      string.append(spelled, from, backslash);
      char escape = spelled.charAt(backslash + 1);
      if (escape == 'u') {
        string.append((char) Integer.parseInt(spelled, backslash + 2, backslash + 6, 16));
        from = backslash + 6;
      } else {
        string.append(
            switch (escape) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> escape; // A quote, a slash or a backslash.
            });
        from = backslash + 2;
      }
      backslash = spelled.indexOf('\\', from);
    }
    return string.append(spelled, from, spelled.length()).toString();
  }

  /** {@code string} in UTF-8, or null if it holds half of a surrogate pair, which has no UTF-8. */
  public static @Nullable ByteBuffer utf8(String string) {
    if (!hasSurrogates(string)) {
      return ByteBuffer.wrap(string.getBytes(StandardCharsets.UTF_8));
    }
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(string));
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean hasSurrogates(String string) {
    for (int i = 0; i < string.length(); i++) {
      if (Character.isSurrogate(string.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@code json} in UTF-8, which can stand as a value in a command without changing what surrounds
   * it.
   *
   * @throws IllegalArgumentException if it is not one well-formed JSON value; white space around it
   *     is fine
   */
  public static ByteBuffer checkedValue(String json) {
    ByteBuffer bytes = utf8(json);
    if (bytes == null) {
      throw new IllegalArgumentException(
          "malformed JSON: half of a surrogate pair (expected: its escape)");
    }
    check(bytes);
    return bytes;
  }

  /**
   * Checks the remaining bytes, whose position stays.
   *
   * @throws IllegalArgumentException if they are not one well-formed JSON value; white space around
   *     it is fine
   */
  public static void check(ByteBuffer json) {
    try {
      new JsonScanner().checkValue(json);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e.reason(), e);
    }
  }

  /**
   * {@code string} as JSON, in quotes. Half of a surrogate pair, which only a Java string can hold,
   * is written as an escape.
   */
  public static String quote(String string) {
    StringBuilder json = new StringBuilder(string.length() + 2).append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      int letter = escapeLetter(c);
      if (letter != 0) {
        json.append('\\').append((char) letter);
      } else if (c < ' ' || isHalfPair(string, i)) {
        json.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          json.append((char) HEX[c >> shift & 0xF]);
        }
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /** What follows the backslash in the short escape of {@code c}, or 0 if it has none. */
  private static int escapeLetter(int c) {
    return switch (c) {
      case '"', '\\' -> c;
      case '\b' -> 'b';
      case '\f' -> 'f';
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      default -> 0;
    };
  }

  /**
   * The escape of a control character, a quote or a backslash, which cannot stand for itself in a
   * JSON string. The array is shared and must not be written to.
   */
  public static byte[] escape(byte b) {
    return ESCAPES[b];
  }

  private static byte[][] escapes() {
    byte[][] escapes = new byte['\\' + 1][];
    for (int c = 0; c < escapes.length; c++) {
      int letter = escapeLetter(c);
      escapes[c] =
          letter != 0
              ? new byte[] {'\\', (byte) letter}
              : new byte[] {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 0xF]};
    }
    return escapes;
  }

  private static boolean isHalfPair(String string, int i) {
    char c = string.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == string.length() || !Character.isLowSurrogate(string.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(string.charAt(i - 1)));
  }

  /** Whether the remaining bytes, whose position stays, are well-formed UTF-8. */
  public static boolean isUtf8(ByteBuffer bytes) {
    if (Bytes.indexOfSpecial(bytes, bytes.position(), bytes.limit(), true) == bytes.limit()) {
      return true;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = bytes.duplicate();
    CharBuffer chars = CharBuffer.allocate(Math.min(1024, in.remaining() + 1));
    CoderResult result;
    do {
      chars.clear();
      result = decoder.decode(in, chars, true);
    } while (result.isOverflow());
    return !result.isError();
  }
}
