package io.speicher.tck;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * The bytes of memcached's text and meta replies: a line, and with some of them a block of data.
 */
final class MemcachedFormat {
  private MemcachedFormat() {}

  /** See {@link Dialect#replyBytes}. */
  static int replyBytes(byte[] bytes, int from, int to) {
    int line = from;
    while (line < to && bytes[line] != '\n') {
      line++;
    }
    if (line == to) {
      return 0;
    }
    line++;
    String[] words = new String(bytes, from, line - from, ISO_8859_1).strip().split(" ", -1);
    long end = line;
    if (words[0].equals("VALUE") && words.length >= 4) {
      end += dataBytes(words[3]);
    } else if (words[0].equals("VA") && words.length >= 2) {
      end += dataBytes(words[1]);
    }
    return end <= to ? (int) (end - from) : 0;
  }

  private static int dataBytes(String digits) {
    try {
      int bytes = Integer.parseInt(digits);
      if (bytes >= 0 && bytes <= Wire.MAX_REPLY_BYTES) {
        return bytes + 2;
      }
    } catch (NumberFormatException e) {
      // The message below says what is wrong with it.
    }
    throw new CaseFailure("a length of the reply is " + digits, "");
  }
}
