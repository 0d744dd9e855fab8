package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** What a peer has received, read as lines, numbers and runs of bytes. Reads block. One thread. */
final class ReplyInput {
  private static final int LONGEST_LINE = 64 << 10;
  private static final int LONGEST_RUN = 64 << 20;
  private static final int BUFFER_BYTES = 16 << 10;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int limit;

  ReplyInput(InputStream in) {
    this.in = in;
  }

  int readByte() throws IOException {
    if (next == limit) {
      fill();
    }
    return buffer[next++] & 0xff;
  }

  private void fill() throws IOException {
    int count = in.read(buffer);
    if (count < 0) {
      throw new EOFException("the server closed the connection");
    }
    next = 0;
    limit = count;
  }

  /** Up to the next line feed; the result has neither it nor a carriage return before it. */
  String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = readByte(); octet != '\n'; octet = readByte()) {
      if (line.size() == LONGEST_LINE) {
        throw new WrongReplyException(
            "a line has no end: bytes=%d, it begins %s"
                .formatted(LONGEST_LINE, WrongReplyException.excerpt(line.toByteArray(), 0)));
      }
      line.write(octet);
    }
    String text = line.toString(ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  byte[] readBytes(int count) throws IOException {
    if (count < 0 || count > LONGEST_RUN) {
      throw new WrongReplyException(
          "a length is out of bounds: bytes=%d (expected: 0..%d)".formatted(count, LONGEST_RUN));
    }
    byte[] bytes = new byte[count];
    int have = Math.min(count, limit - next);
    System.arraycopy(buffer, next, bytes, 0, have);
    next += have;
    if (in.readNBytes(bytes, have, count - have) < count - have) {
      throw new EOFException("the server closed the connection within a reply");
    }
    return bytes;
  }

  int readInt() throws IOException {
    return (readByte() << 24) | (readByte() << 16) | (readByte() << 8) | readByte();
  }

  /** Requires a carriage return and a line feed. */
  void readLineEnd() throws IOException {
    if (readByte() != '\r' || readByte() != '\n') {
      throw new WrongReplyException("a value is longer than the reply said");
    }
  }

  /** Reads and drops up to {@code most} bytes, and returns how many; -1 at the end. */
  int skipSome(int most) throws IOException {
    if (next == limit) {
      int count = in.read(buffer, 0, Math.min(most, buffer.length));
      return count;
    }
    int count = Math.min(most, limit - next);
    next += count;
    return count;
  }

  static int parseInt(String text) throws WrongReplyException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new WrongReplyException(
          "a length is no number: " + WrongReplyException.excerpt(text.getBytes(ISO_8859_1), 0));
    }
  }
}
