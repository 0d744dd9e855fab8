package io.speicher.dialect.json;

import io.speicher.protocol.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Decodes strings of well-formed JSON from where they are to where they are needed, in pieces: as
 * Java strings, long ones would fill the heap.
 */
final class JsonStrings {
  /** Stands for the length of a string that holds half of a surrogate pair: it has no UTF-8. */
  static final int NO_TEXT = -1;

  /** How much base64 is decoded at a time; a multiple of four. */
  private static final int BASE64_BYTES = 4 << 10;

  private JsonStrings() {}

  /** How many bytes a string is long in UTF-8, or {@link #NO_TEXT}. */
  static int utf8Bytes(ByteBuffer quoted) {
    return unescape(quoted, null);
  }

  /**
   * Resolves the escapes of a string.
   *
   * @param quoted what stands between its quotes
   * @param to where it goes, in UTF-8; there is room for as many bytes as are quoted. Null only
   *     counts them
   * @return how many bytes it is long, or {@link #NO_TEXT}
   */
  static int unescape(ByteBuffer quoted, @Nullable ByteBuffer to) {
    int length = 0;
    int from = quoted.position();
    int end = quoted.limit();
    while (true) {
      int backslash = Bytes.indexOfSpecial(quoted, from, end, false);
      if (to != null) {
        to.put(to.position(), quoted, from, backslash - from);
        to.position(to.position() + backslash - from);
      }
      length += backslash - from;
      if (backslash == end) {
        return length;
      }
      int letter = quoted.get(backslash + 1);
      int character = letter == 'u' ? unit(quoted, backslash) : shortEscape(letter);
      from = backslash + (letter == 'u' ? 6 : 2);
      if (Character.isSurrogate((char) character)) {
        int low = isEscapedUnit(quoted, from) ? unit(quoted, from) : 0;
        if (!Character.isSurrogatePair((char) character, (char) low)) {
          return NO_TEXT;
        }
        character = Character.toCodePoint((char) character, (char) low);
        from += 6;
      }
      length += write(character, to);
    }
  }

  private static boolean isEscapedUnit(ByteBuffer quoted, int at) {
    return at + 6 <= quoted.limit() && quoted.get(at) == '\\' && quoted.get(at + 1) == 'u';
  }

  /** The number in {@code \}{@code uXXXX}, which begins here. */
  private static int unit(ByteBuffer quoted, int backslash) {
    int unit = 0;
    for (int i = backslash + 2; i < backslash + 6; i++) {
      unit = unit << 4 | Character.digit(quoted.get(i), 16);
    }
    return unit;
  }

  private static int shortEscape(int letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter; // A quote, a slash or a backslash.
    };
  }

  /** Writes a character in UTF-8 (RFC 3629, section 3), and returns how many bytes it takes. */
  private static int write(int character, @Nullable ByteBuffer to) {
    int bytes = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x1_0000 ? 3 : 4;
    if (to != null && bytes == 1) {
      to.put((byte) character);
    } else if (to != null) {
      int shift = 6 * (bytes - 1);
      to.put((byte) (0xF00 >> bytes | character >> shift));
      while (shift > 0) {
        shift -= 6;
        to.put((byte) (0x80 | (character >> shift & 0x3F)));
      }
    }
    return bytes;
  }

  /**
   * Decodes base64, with or without the signs for equality at its end.
   *
   * @param to where it goes, which may be where it comes from: it is shorter
   * @return how many bytes these are
   * @throws IllegalArgumentException if it is no base64
   */
  static int decodeBase64(ByteBuffer base64, ByteBuffer to) {
    byte[] piece = new byte[Math.min(BASE64_BYTES, base64.remaining())];
    byte[] decoded = new byte[piece.length];
    int length = 0;
    for (int at = base64.position(); at < base64.limit(); at += piece.length) {
      int pieceBytes = Math.min(piece.length, base64.limit() - at);
      boolean isLast = at + pieceBytes == base64.limit();
      base64.get(at, piece, 0, pieceBytes);
      if (!isLast && piece[pieceBytes - 1] == '=') {
        throw new IllegalArgumentException("more base64 behind its end");
      }
      byte[] all = pieceBytes == piece.length ? piece : Arrays.copyOf(piece, pieceBytes);
      int decodedBytes = Base64.getDecoder().decode(all, decoded);
      to.put(decoded, 0, decodedBytes);
      length += decodedBytes;
    }
    return length;
  }
}
