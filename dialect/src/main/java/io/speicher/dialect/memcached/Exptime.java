package io.speicher.dialect.memcached;

import io.speicher.protocol.Expiry;

/** Memcached's way to say when an item disappears. */
final class Exptime {
  /** What is more than this is not counted from now but from 1970. */
  private static final int MAX_RELATIVE_SECONDS = 60 * 60 * 24 * 30;

  private static final Expiry GONE = Expiry.at(0);

  private Exptime() {}

  static Expiry expiry(int seconds) {
    if (seconds == 0) {
      return Expiry.NEVER;
    }
    if (seconds < 0) {
      return GONE;
    }
    long millis = seconds * 1_000L;
    return seconds > MAX_RELATIVE_SECONDS ? Expiry.at(millis) : Expiry.after(millis);
  }

  /** In the binary protocol, where nothing is negative: what looks so is after 2038. */
  static Expiry unsignedExpiry(int seconds) {
    return seconds < 0 ? Expiry.at(Integer.toUnsignedLong(seconds) * 1_000) : expiry(seconds);
  }

  /** How long it is until then, from now on. */
  static long delayMillis(int seconds) {
    return delayMillis(expiry(Math.max(0, seconds)));
  }

  /** How long it is until then, in the binary protocol. */
  static long unsignedDelayMillis(int seconds) {
    return delayMillis(unsignedExpiry(seconds));
  }

  private static long delayMillis(Expiry expiry) {
    return expiry.base() == Expiry.Base.AT
        ? Math.max(0, expiry.millis() - System.currentTimeMillis())
        : expiry.millis();
  }
}
