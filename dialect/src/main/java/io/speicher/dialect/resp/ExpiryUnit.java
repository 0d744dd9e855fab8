package io.speicher.dialect.resp;

import io.speicher.protocol.Expiry;
import org.jspecify.annotations.Nullable;

/** How SET and GETEX say when an item expires. */
enum ExpiryUnit {
  EX("ex", 1_000, false),
  PX("px", 1, false),
  EXAT("exat", 1_000, true),
  PXAT("pxat", 1, true);

  private static final ExpiryUnit[] ALL = values();

  private final String word;
  private final int millis;
  private final boolean absolute;

  ExpiryUnit(String word, int millis, boolean absolute) {
    this.word = word;
    this.millis = millis;
    this.absolute = absolute;
  }

  /** The unit that this word is the name of, or null. */
  static @Nullable ExpiryUnit of(Request request, int index) {
    for (ExpiryUnit unit : ALL) {
      if (request.is(index, unit.word)) {
        return unit;
      }
    }
    return null;
  }

  /** The time that this word says, which must be positive and before the end of time. */
  Expiry positive(Request request, int index, String command) {
    long number = request.integer(index);
    if (number <= 0 || number > Long.MAX_VALUE / millis) {
      throw invalid(command);
    }
    return expiry(number * millis, absolute, command);
  }

  /** A time before the end of time; may be in the past. */
  static Expiry expiry(long millis, boolean absolute, String command) {
    if (absolute) {
      return Expiry.at(millis);
    }
    if (millis > Long.MAX_VALUE - System.currentTimeMillis()) {
      throw invalid(command);
    }
    return Expiry.after(millis);
  }

  static RefusedException invalid(String command) {
    return new RefusedException("ERR invalid expire time in '" + command + "' command");
  }
}
