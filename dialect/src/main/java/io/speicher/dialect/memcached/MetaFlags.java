package io.speicher.dialect.memcached;

import io.speicher.protocol.Expiry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The flags of a meta command: one letter each, some with an argument. */
final class MetaFlags {
  static final int MAX_OPAQUE_BYTES = 32;

  private static final String BAD_TOKEN = "CLIENT_ERROR bad token in command line format";

  /** Every flag that any meta command knows. */
  private static final String KNOWN = "bNTRlOPLkstcfvhuqFCMJDI";

  private final Numeral numeral = new Numeral();

  /** A bit for each letter that was there. */
  private final boolean[] seen = new boolean[128];

  private @Nullable ByteBuffer binaryKey;

  /** What the item gets if the command creates it: N and T both say so, and the last one counts. */
  int newSeconds;

  int touchSeconds;
  int recacheSeconds;
  int clientFlags;
  long version;
  long initial;
  long delta;
  char mode;

  /** Reads the tokens from {@code first} on; returns what is wrong with them, or null. */
  @Nullable String read(Line line, int first) {
    Arrays.fill(seen, false);
    binaryKey = null;
    clientFlags = 0;
    initial = 0;
    delta = 1;
    mode = 0;
    String error = null;
    for (int i = first; i < line.size(); i++) {
      int letter = line.at(i, 0);
      if (letter < 0 || letter == 127 || seen[letter]) {
        return "CLIENT_ERROR duplicate flag";
      }
      seen[letter] = true;
      if (KNOWN.indexOf(letter) < 0) {
        return "CLIENT_ERROR invalid flag";
      }
      String wrong = readArgument(line, i, (char) letter);
      if (wrong != null && (error == null || !wrong.equals(TextCommands.BAD_FORMAT))) {
        error = wrong; // That of F is the one that counts least.
      }
    }
    return error;
  }

  private @Nullable String readArgument(Line line, int token, char letter) {
    switch (letter) {
      case 'b' -> {
        binaryKey = decode(line.text(1));
        return binaryKey == null ? "CLIENT_ERROR error decoding key" : null;
      }
      case 'N', 'T', 'R' -> {
        if (!line.parse(token, 1, numeral) || !numeral.isInt()) {
          return BAD_TOKEN;
        }
        setSeconds(letter, numeral.asInt());
      }
      case 'F', 'C', 'J', 'D' -> {
        if (!line.parse(token, 1, numeral) || !numeral.isUnsigned()) {
          return switch (letter) {
            case 'F' -> TextCommands.BAD_FORMAT;
            case 'C' -> BAD_TOKEN;
            case 'J' -> "CLIENT_ERROR invalid numeric initial value";
            default -> "CLIENT_ERROR invalid numeric delta value";
          };
        }
        setNumber(letter, numeral.asUnsigned());
      }
      case 'M' -> {
        if (line.length(token) != 2) {
          return "CLIENT_ERROR incorrect length for M token";
        }
        mode = (char) (line.at(token, 1) & 0xFF);
      }
      default -> {}
    }
    return null;
  }

  private void setSeconds(char letter, int seconds) {
    switch (letter) {
      case 'N' -> newSeconds = seconds;
      case 'T' -> {
        newSeconds = seconds;
        touchSeconds = seconds;
      }
      default -> recacheSeconds = seconds;
    }
  }

  private void setNumber(char letter, long number) {
    switch (letter) {
      case 'F' -> clientFlags = (int) number;
      case 'C' -> version = number;
      case 'J' -> initial = number;
      default -> delta = number;
    }
  }

  private static @Nullable ByteBuffer decode(String text) {
    if (text.length() % 4 != 0) {
      return null;
    }
    try {
      byte[] key = Base64.getDecoder().decode(text);
      return key.length == 0 ? null : ByteBuffer.wrap(key);
    } catch (IllegalArgumentException e) {
      return null; // It is not base64, which the caller says to the peer.
    }
  }

  boolean has(char letter) {
    return seen[letter];
  }

  /** The key that was sent as base64, or null if it was sent as it is. */
  @Nullable ByteBuffer binaryKey() {
    return binaryKey;
  }

  Expiry touchOr(Expiry other) {
    return has('T') ? Exptime.expiry(touchSeconds) : other;
  }

  /** Whether an opaque token is longer than one may be. */
  boolean hasLongOpaque(Line line, int first) {
    for (int i = first; has('O') && i < line.size(); i++) {
      if (line.at(i, 0) == 'O' && line.length(i) > MAX_OPAQUE_BYTES) {
        return true;
      }
    }
    return false;
  }
}
