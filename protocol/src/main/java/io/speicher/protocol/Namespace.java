package io.speicher.protocol;

import java.nio.charset.StandardCharsets;

/**
 * A declared key prefix, and how long items live whose keys begin with it. The longest declared
 * prefix of a key is its namespace. Immutable.
 *
 * @param prefix what keys begin with; {@link #requirePrefix} says what it may be
 * @param ttlMillis what an item gets that would have no end; 0 for none, at most {@link
 *     Limits#MAX_TTL_MILLIS}
 * @param maxTtlMillis the longest time that an item gets; 0 for no bound, at most {@link
 *     Limits#MAX_TTL_MILLIS}. A default that is longer counts as this one
 * @param jitterPercent by how much a time that is given is shortened at random, at the most, so
 *     that what was stored together does not expire together; 0 to {@link #MAX_JITTER_PERCENT}
 */
public record Namespace(String prefix, long ttlMillis, long maxTtlMillis, int jitterPercent) {
  /** The longest prefix, in bytes of UTF-8. */
  public static final int MAX_PREFIX_BYTES = 250;

  public static final int MAX_JITTER_PERCENT = 90;

  /** How many a server has room for. */
  public static final int MAX_NAMESPACES = 4_096;

  /**
   * Checks all bounds.
   *
   * @throws IllegalArgumentException that names what is out of them
   */
  public Namespace {
    requirePrefix(prefix);
    requireTtl("ttl", ttlMillis);
    requireTtl("max ttl", maxTtlMillis);
    requireJitter(jitterPercent);
  }

  /** One whose items live as long as they are told. */
  public Namespace(String prefix) {
    this(prefix, 0, 0, 0);
  }

  /**
   * Refuses what no namespace is called: a prefix is 1 to {@link #MAX_PREFIX_BYTES} bytes of UTF-8
   * without control characters, and ends in a delimiter: a character of ASCII that is neither a
   * letter nor a digit nor a space.
   *
   * @throws IllegalArgumentException if this is one
   */
  public static void requirePrefix(String prefix) {
    int bytes = prefix.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > MAX_PREFIX_BYTES) {
      throw new IllegalArgumentException(
          "length of the prefix out of bounds: prefixBytes=%d (expected: 1..%d)"
              .formatted(bytes, MAX_PREFIX_BYTES));
    }
    if (prefix.chars().anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))
        || !isDelimiter(prefix.charAt(prefix.length() - 1))) {
      throw new IllegalArgumentException(
          "a prefix is text that ends in a delimiter such as : or / and has no control characters");
    }
  }

  private static boolean isDelimiter(char c) {
    return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
  }

  static void requireTtl(String what, long millis) {
    if (millis < 0 || millis > Limits.MAX_TTL_MILLIS) {
      throw new IllegalArgumentException(
          "%s out of bounds: millis=%d (expected: 0..%d)"
              .formatted(what, millis, Limits.MAX_TTL_MILLIS));
    }
  }

  static void requireJitter(int percent) {
    if (percent < 0 || percent > MAX_JITTER_PERCENT) {
      throw new IllegalArgumentException(
          "jitter out of bounds: percent=%d (expected: 0..%d)"
              .formatted(percent, MAX_JITTER_PERCENT));
    }
  }
}
