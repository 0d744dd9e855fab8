package io.speicher.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are put together from pieces. */
final class ByteCollector {
  private byte[] bytes = new byte[256];
  private int length;

  void clear() {
    length = 0;
  }

  void add(int octet) {
    reserve(1);
    bytes[length++] = (byte) octet;
  }

  void add(ByteBuffer in, int offset, int count) {
    reserve(count);
    in.get(offset, bytes, length, count);
    length += count;
  }

  private void reserve(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Whether these are the bytes. */
  boolean isLine(byte[] line) {
    return Arrays.equals(bytes, 0, length, line, 0, line.length);
  }

  String text() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
