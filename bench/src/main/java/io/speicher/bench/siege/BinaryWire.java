package io.speicher.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** memcached's binary protocol. Several keys are several requests. */
record BinaryWire() implements Wire {
  private static final byte REQUEST = (byte) 0x80;
  private static final byte RESPONSE = (byte) 0x81;
  private static final byte GET = 0x00;
  private static final byte SET = 0x01;
  private static final byte DELETE = 0x04;
  private static final byte APPEND = 0x0e;
  private static final int HEADER_BYTES = 24;
  private static final int SET_EXTRAS_BYTES = 8;
  private static final int DONE = 0;
  private static final int KEY_NOT_FOUND = 1;

  @Override
  public String title() {
    return "binary";
  }

  private static byte[] request(byte opcode, int extrasBytes, String key, byte[] value) {
    byte[] keyBytes = key.getBytes(ISO_8859_1);
    int bodyBytes = extrasBytes + keyBytes.length + value.length;
    return ByteBuffer.allocate(HEADER_BYTES + bodyBytes)
        .put(REQUEST)
        .put(opcode)
        .putShort((short) keyBytes.length)
        .put((byte) extrasBytes)
        .put(new byte[3]) // Data type and bucket.
        .putInt(bodyBytes)
        .put(new byte[12 + extrasBytes]) // Opaque, CAS, flags, time to live.
        .put(keyBytes)
        .put(value)
        .array();
  }

  /** Reads a response, and returns its value, or null if there was no such key. */
  private static byte @Nullable [] read(ReplyInput in, byte opcode) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(in.readBytes(HEADER_BYTES));
    if (header.get(0) != RESPONSE || header.get(1) != opcode) {
      throw new WrongReplyException(
          "a response begins " + WrongReplyException.excerpt(header.array(), 0));
    }
    byte[] body = in.readBytes(header.getInt(8));
    int valueOffset = header.getShort(2) + header.get(4);
    int status = header.getShort(6);
    if (status != DONE && status != KEY_NOT_FOUND) {
      throw new RefusedException("status " + status);
    }
    return status == DONE ? Arrays.copyOfRange(body, valueOffset, body.length) : null;
  }

  @Override
  public byte[] get(List<String> keys) {
    return Wire.concat(
        keys.stream().map(key -> request(GET, 0, key, new byte[0])).toArray(byte[][]::new));
  }

  @Override
  public Map<String, byte[]> readValues(ReplyInput in, List<String> keys) throws IOException {
    Map<String, byte[]> values = new HashMap<>();
    for (String key : keys) {
      byte[] value = read(in, GET);
      if (value != null) {
        values.put(key, value);
      }
    }
    return values;
  }

  @Override
  public byte[] set(String key, byte[] value) {
    return request(SET, SET_EXTRAS_BYTES, key, value);
  }

  @Override
  public void readStored(ReplyInput in) throws IOException {
    if (read(in, SET) == null) {
      throw new WrongReplyException("a set found no key");
    }
  }

  @Override
  public byte[] append(String key, byte[] value) {
    return request(APPEND, 0, key, value);
  }

  @Override
  public void readAppended(ReplyInput in) throws IOException {
    read(in, APPEND);
  }

  @Override
  public byte[] delete(String key) {
    return request(DELETE, 0, key, new byte[0]);
  }

  @Override
  public boolean readDeleted(ReplyInput in) throws IOException {
    return read(in, DELETE) != null;
  }
}
