package io.speicher.dialect.resp;

import io.speicher.protocol.Condition;
import io.speicher.protocol.Condition.Kind;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.SetOptions;
import org.jspecify.annotations.Nullable;

/** Reads what SET says behind key and value, for the commands that have these words. */
final class SetWords {
  private final Request request;
  private final String command;
  private SetOptions options = SetOptions.DEFAULT;

  /** How the time is said when the item expires, and where; null if it is not. */
  private @Nullable ExpiryUnit unit;

  private int time;

  /**
   * @param command as errors call it
   */
  SetWords(Request request, String command) {
    this.request = request;
    this.command = command;
  }

  /**
   * Takes the word at an index, and the one behind it if that belongs to it. Returns the index of
   * the next one.
   *
   * @throws RefusedException if there is no such word, or it contradicts one before
   */
  int take(int index) {
    ExpiryUnit named = ExpiryUnit.of(request, index);
    Kind compared = comparison(request, index);
    Kind present = options.condition().kind();
    boolean hasNext = index + 1 < request.count();
    boolean keeps = options.expiry().equals(Expiry.KEEP);
    if (compared != null && present == Kind.ALWAYS && hasNext) {
      options = options.withCondition(comparison(request, compared, index + 1));
      return index + 2;
    } else if (request.is(index, "nx") && (present == Kind.ALWAYS || present == Kind.ABSENT)) {
      options = options.withCondition(Condition.ABSENT);
    } else if (request.is(index, "xx") && (present == Kind.ALWAYS || present == Kind.PRESENT)) {
      options = options.withCondition(Condition.PRESENT);
    } else if (request.is(index, "get")) {
      options = options.returningOld();
    } else if (request.is(index, "keepttl") && unit == null) {
      options = options.withExpiry(Expiry.KEEP);
    } else if (named != null && !keeps && (unit == null || unit == named) && hasNext) {
      unit = named;
      time = index + 1;
      return index + 2;
    } else {
      throw RefusedException.syntax();
    }
    return index + 1;
  }

  /** All that was taken. */
  SetOptions options() {
    return unit == null ? options : options.withExpiry(unit.positive(request, time, command));
  }

  /** How this word says that a value is compared, or null if it does not. */
  static @Nullable Kind comparison(Request request, int index) {
    if (request.is(index, "ifeq")) {
      return Kind.EQUAL;
    }
    if (request.is(index, "ifne")) {
      return Kind.NOT_EQUAL;
    }
    if (request.is(index, "ifdeq")) {
      return Kind.DIGEST_EQUAL;
    }
    return request.is(index, "ifdne") ? Kind.DIGEST_NOT_EQUAL : null;
  }

  /** The condition of that kind whose value or digest is the word at an index. */
  static Condition comparison(Request request, Kind kind, int index) {
    if (kind == Kind.EQUAL || kind == Kind.NOT_EQUAL) {
      return Condition.value(kind, request.bytes(index));
    }
    String digest = request.string(index);
    if (digest.length() != 16 || !digest.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      throw new RefusedException("ERR digest must be exactly 16 hexadecimal characters");
    }
    return new Condition(kind, Long.parseUnsignedLong(digest, 16));
  }
}
