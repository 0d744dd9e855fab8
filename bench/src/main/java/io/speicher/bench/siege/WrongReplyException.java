package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;

/** A reply holds bytes that do not belong there: another peer's, stale ones, or no reply's. */
final class WrongReplyException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int EXCERPT_BYTES = 60;

  WrongReplyException(String message) {
    super(message);
  }

  /** Some bytes from {@code offset} on, with control characters shown as dots. */
  static String excerpt(byte[] bytes, int offset) {
    int length = Math.min(EXCERPT_BYTES, bytes.length - offset);
    return length <= 0
        ? "nothing"
        : new String(bytes, offset, length, ISO_8859_1).replaceAll("[^ -~]", ".");
  }
}
