package io.speicher.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Bytes of others, shown so that they can neither break a line nor command the terminal. */
public final class Printable {
  private Printable() {}

  /** The text that the bytes are, with the escapes of {@link #quoted} where they are none. */
  public static String text(ByteBuffer bytes) {
    return escaped(bytes, false);
  }

  /** The same of a text. */
  public static String text(String text) {
    return text(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /** For JSON, which has its own escapes: as it is if it is UTF-8, else as {@link #text}. */
  public static String forJson(ByteBuffer bytes) {
    return JsonText.isUtf8(bytes) ? UTF_8.decode(bytes.duplicate()).toString() : text(bytes);
  }

  /**
   * The same in quotes, as {@code redis-cli} spells it: {@code "a\x00b"}. What is a character in
   * UTF-8 and visible stands for itself.
   */
  public static String quoted(ByteBuffer bytes) {
    return '"' + escaped(bytes, true) + '"';
  }

  private static String escaped(ByteBuffer bytes, boolean quotes) {
    StringBuilder text = new StringBuilder();
    if (JsonText.isUtf8(bytes)) {
      UTF_8.decode(bytes.duplicate()).codePoints().forEach(c -> append(text, c, quotes));
    } else {
      for (int i = bytes.position(); i < bytes.limit(); i++) {
        int b = bytes.get(i) & 0xFF;
        if (b < 0x80) {
          append(text, b, quotes);
        } else {
          appendHex(text, b);
        }
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int c, boolean quotes) {
    switch (c) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      case 7 -> text.append("\\a");
      case '\b' -> text.append("\\b");
      case '"', '\\' -> text.append(quotes ? "\\" : "").append((char) c);
      default -> {
        if (isVisible(c)) {
          text.appendCodePoint(c);
        } else {
          for (byte b : Character.toString(c).getBytes(UTF_8)) {
            appendHex(text, b & 0xFF);
          }
        }
      }
    }
  }

  /** Controls, and marks that turn the direction of writing, could show what is not there. */
  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static void appendHex(StringBuilder text, int b) {
    text.append(String.format(Locale.ROOT, "\\x%02x", b));
  }
}
