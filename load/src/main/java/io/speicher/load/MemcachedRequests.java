package io.speicher.load;

import java.nio.ByteBuffer;

/** Requests of memcached's text protocol. */
final class MemcachedRequests extends Requests {
  /** More seconds than this mean a date. */
  static final long LONGEST_TTL_SECONDS = 30 * 24 * 60 * 60;

  private static final byte[] LINE_END = {'\r', '\n'};

  private final KeyTemplate set;
  private final int longestLength;

  /** Makes one; {@code ttlMillis} is 0 for items without an end, and a part of a second is one. */
  MemcachedRequests(String keyPrefix, long ttlMillis, Values values) {
    super(
        new KeyTemplate("get ", keyPrefix, "\r\n"),
        new KeyTemplate("delete ", keyPrefix, "\r\n"),
        values);
    set = new KeyTemplate("set ", keyPrefix, " 0 " + ttlSeconds(ttlMillis) + " ");
    longestLength = Decimal.digits(values.largest());
  }

  static long ttlSeconds(long ttlMillis) {
    return Math.ceilDiv(ttlMillis, 1_000);
  }

  /** What a value begins with, in the reply to a get of any key. */
  static int valueHeadBytes(String keyPrefix) {
    return "VALUE ".length() + keyPrefix.length() + Decimal.KEY_DIGITS + " ".length();
  }

  @Override
  void putBeforeValue(ByteBuffer out, long key, int valueBytes) {
    set.put(out, key);
    Decimal.putNumber(out, valueBytes);
    out.put(LINE_END);
  }

  @Override
  void putAfterValue(ByteBuffer out) {
    out.put(LINE_END);
  }

  @Override
  int setBytesWithoutValue() {
    return set.length() + longestLength + 2 * LINE_END.length;
  }
}
