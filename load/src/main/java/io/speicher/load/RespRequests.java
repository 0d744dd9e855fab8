package io.speicher.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** Requests of RESP: arrays of bulk strings. */
final class RespRequests extends Requests {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final KeyTemplate set;
  private final byte[] afterValue;

  /** Makes one; {@code ttlMillis} is 0 for items without an end. */
  RespRequests(String keyPrefix, long ttlMillis, Values values) {
    super(
        new KeyTemplate("*2\r\n$3\r\nGET\r\n" + keyLength(keyPrefix), keyPrefix, "\r\n"),
        new KeyTemplate("*2\r\n$3\r\nDEL\r\n" + keyLength(keyPrefix), keyPrefix, "\r\n"),
        values);
    String count = ttlMillis == 0 ? "*3" : "*5";
    set = new KeyTemplate(count + "\r\n$3\r\nSET\r\n" + keyLength(keyPrefix), keyPrefix, "\r\n$");
    String digits = Long.toString(ttlMillis);
    String px = "\r\n$2\r\nPX\r\n$" + digits.length() + "\r\n" + digits + "\r\n";
    afterValue = (ttlMillis == 0 ? "\r\n" : px).getBytes(ISO_8859_1);
  }

  private static String keyLength(String keyPrefix) {
    return "$" + (keyPrefix.length() + Decimal.KEY_DIGITS) + "\r\n";
  }

  @Override
  void putBeforeValue(ByteBuffer out, long key, int valueBytes) {
    set.put(out, key);
    Decimal.putNumber(out, valueBytes);
    out.put(LINE_END);
  }

  @Override
  void putAfterValue(ByteBuffer out) {
    out.put(afterValue);
  }

  @Override
  int setBytesWithoutValue() {
    return set.length() + Decimal.digits(Integer.MAX_VALUE) + LINE_END.length + afterValue.length;
  }
}
