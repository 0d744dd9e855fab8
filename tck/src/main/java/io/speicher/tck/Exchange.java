package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** Bytes that went over a connection, shortened in their middle when they are many. */
final class Exchange {
  private static final int SHOWN_WHOLE = 320;
  private static final int SHOWN_HEAD = 160;
  private static final int SHOWN_TAIL = 64;
  private static final int PER_LINE = 16;

  private final String connection;
  private final boolean sent;
  private final byte[] head;
  private final byte[] tail;
  private final int totalBytes;

  private Exchange(String connection, boolean sent, byte[] head, byte[] tail, int totalBytes) {
    this.connection = connection;
    this.sent = sent;
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
    if (total <= SHOWN_WHOLE) {
      byte[] all = Arrays.copyOfRange(bytes, from, to);
      return new Exchange(connection, sent, all, new byte[0], total);
    }
    byte[] head = Arrays.copyOfRange(bytes, from, from + SHOWN_HEAD);
    // The tail begins at a multiple of a line, so that its offsets are round.
    int tailOffset = (total - SHOWN_TAIL) / PER_LINE * PER_LINE;
    byte[] tail = Arrays.copyOfRange(bytes, from + tailOffset, to);
    return new Exchange(connection, sent, head, tail, total);
  }

  /** Who sent how much, such as {@code connection b, sent 47 bytes}. */
  String title() {
    String place = connection.isEmpty() ? "" : "connection " + connection + ", ";
    return String.format(
        Locale.ROOT,
        "%s%s %,d byte%s",
        place,
        sent ? "sent" : "seen",
        totalBytes,
        totalBytes == 1 ? "" : "s");
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
