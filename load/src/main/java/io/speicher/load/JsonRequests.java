package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** Requests of framed JSON: four bytes of length, and an object. */
final class JsonRequests extends Requests {
  private static final int LENGTH_BYTES = 4;

  private final KeyTemplate set;
  private final byte[] afterValue;

  /** Makes one; {@code ttlMillis} is 0 for items without an end. */
  JsonRequests(String keyPrefix, long ttlMillis, Values values) {
    super(keyAlone("GET", keyPrefix), keyAlone("DEL", keyPrefix), values);
    set = new KeyTemplate("{\"command\":\"SET\",\"key\":\"", keyPrefix, "\",\"value\":\"");
    afterValue = (ttlMillis == 0 ? "\"}" : "\",\"ttl\":" + ttlMillis + "}").getBytes(ISO_8859_1);
  }

  private static KeyTemplate keyAlone(String command, String keyPrefix) {
    String before = "{\"command\":\"" + command + "\",\"key\":\"";
    String after = "\"}";
    int length = before.length() + keyPrefix.length() + Decimal.KEY_DIGITS + after.length();
    return new KeyTemplate(frameLength(length) + before, keyPrefix, after);
  }

  /** Four bytes as four characters. */
  private static String frameLength(int length) {
    byte[] bytes = ByteBuffer.allocate(LENGTH_BYTES).putInt(length).array();
    return new String(bytes, ISO_8859_1);
  }

  @Override
  void putBeforeValue(ByteBuffer out, long key, int valueBytes) {
    out.putInt(set.length() + valueBytes + afterValue.length);
    set.put(out, key);
  }

  @Override
  void putAfterValue(ByteBuffer out) {
    out.put(afterValue);
  }

  @Override
  int setBytesWithoutValue() {
    return LENGTH_BYTES + set.length() + afterValue.length;
  }
}
