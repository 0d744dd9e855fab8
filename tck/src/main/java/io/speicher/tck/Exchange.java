package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What happened on a connection: bytes that went over it, shortened in their middle when they are
 * many, or its end.
 */
final class Exchange {
  private static final int SHOWN_WHOLE = 320;
  private static final int SHOWN_HEAD = 160;
  private static final int SHOWN_TAIL = 64;
  private static final int PER_LINE = 16;

  private final String connection;
  private final String happened;
  private final byte[] head;
  private final byte[] tail;
  private final int totalBytes;

  private Exchange(String connection, String happened, byte[] head, byte[] tail, int totalBytes) {
    this.connection = connection;
    this.happened = happened;
    this.head = head;
    this.tail = tail;
    this.totalBytes = totalBytes;
  }

  /**
   * Takes what it needs of some bytes.
   *
   * @param connection the name of the connection in the case, perhaps empty
   * @param sent whether the kit sent them; otherwise the server did
   */
  static Exchange of(String connection, boolean sent, byte[] bytes, int from, int to) {
    int total = to - from;
    String happened =
        String.format(
            Locale.ROOT, "%s %,d byte%s", sent ? "sent" : "seen", total, total == 1 ? "" : "s");
    if (total <= SHOWN_WHOLE) {
      byte[] all = Arrays.copyOfRange(bytes, from, to);
      return new Exchange(connection, happened, all, new byte[0], total);
    }
    byte[] head = Arrays.copyOfRange(bytes, from, from + SHOWN_HEAD);
    // The tail begins at a multiple of a line, so that its offsets are round.
    int tailOffset = (total - SHOWN_TAIL) / PER_LINE * PER_LINE;
    byte[] tail = Arrays.copyOfRange(bytes, from + tailOffset, to);
    return new Exchange(connection, happened, head, tail, total);
  }

  /** Something that moved no bytes, such as {@code half-closed (FIN)}. */
  static Exchange note(String connection, String happened) {
    return new Exchange(connection, happened, new byte[0], new byte[0], 0);
  }

  /** What happened where, such as {@code connection b, sent 47 bytes}. */
  String title() {
    return (connection.isEmpty() ? "" : "connection " + connection + ", ") + happened;
  }

  /** The bytes as offsets, hexadecimal and text, 16 a line, each line ended. */
  String dump() {
    StringBuilder dump = new StringBuilder();
    appendLines(dump, head, 0);
    if (tail.length > 0) {
      int leftOut = totalBytes - head.length - tail.length;
      dump.append(String.format(Locale.ROOT, "          ... %,d bytes left out ...\n", leftOut));
      appendLines(dump, tail, totalBytes - tail.length);
    }
    return dump.toString();
  }

  private static void appendLines(StringBuilder dump, byte[] bytes, int offset) {
    for (int from = 0; from < bytes.length; from += PER_LINE) {
      byte[] line = Arrays.copyOfRange(bytes, from, Math.min(from + PER_LINE, bytes.length));
      dump.append("%08x  %-48s |%s|\n".formatted(offset + from, hex(line), printable(line)));
    }
  }

  private static String hex(byte[] line) {
    return HexFormat.ofDelimiter(" ").formatHex(line);
  }

  private static String printable(byte[] line) {
    byte[] shown = line.clone();
    for (int i = 0; i < shown.length; i++) {
      if (shown[i] < ' ' || shown[i] > '~') {
        shown[i] = '.';
      }
    }
    return new String(shown, UTF_8);
  }
}
