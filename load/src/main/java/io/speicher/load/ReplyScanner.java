package io.speicher.load;

import java.nio.ByteBuffer;

/**
 * Finds the replies in what a connection brings, however it is cut. One for each connection: it
 * remembers the reply that is not whole yet. Lengths are known from the replies' heads, and the
 * bytes of values are passed over unseen, unless they are verified.
 */
abstract class ReplyScanner {
  final ReplySink sink;

  ReplyScanner(ReplySink sink) {
    this.sink = sink;
  }

  /** Scans all bytes between the buffer's position and its limit. */
  abstract void scan(ByteBuffer in) throws MalformedReplyException, WrongValueException;

  /** What kind of error a line is. */
  static String firstWord(String line) {
    int space = line.indexOf(' ');
    return space < 0 ? line : line.substring(0, space);
  }

  /** Checks a byte that is known. {@code where} says what it comes after. */
  static void expect(int octet, int expected, String where) throws MalformedReplyException {
    if (octet != expected) {
      throw new MalformedReplyException(
          "%s after %s (expected: %s)"
              .formatted(
                  MalformedReplyException.show(octet),
                  where,
                  MalformedReplyException.show(expected)));
    }
  }
}
