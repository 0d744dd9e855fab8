package io.speicher.load;

/** What the server sent is no reply of the dialect. The message says why. */
final class MalformedReplyException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedReplyException(String message) {
    super(message);
  }

  /** How a byte is shown in a message. */
  static String show(int octet) {
    return octet > ' ' && octet < 0x7f
        ? "'" + (char) octet + "'"
        : "0x%02x".formatted(octet & 0xff);
  }
}
