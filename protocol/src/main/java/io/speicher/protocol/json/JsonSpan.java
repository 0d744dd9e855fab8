package io.speicher.protocol.json;

import io.speicher.protocol.Limits;
import io.speicher.protocol.ValueKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a well-formed value stands in a text.
 *
 * @param escaped whether the value, if it is a string, holds a backslash
 */
record JsonSpan(ByteBuffer text, int start, int end, boolean escaped) {

  boolean isString() {
    return text.get(start) == '"';
  }

  /** All of it, quotes included. */
  ByteBuffer json() {
    return text.slice(start, end - start);
  }

  /** What stands between the quotes of a string. */
  ByteBuffer quoted() {
    return text.slice(start + 1, end - start - 2);
  }

  /** The string that this is, in UTF-8, or null if it holds half of a surrogate pair. */
  @Nullable ByteBuffer utf8() {
    return escaped ? JsonText.utf8(string()) : quoted();
  }

  /** The string that this is. */
  String string() {
    return JsonText.unescape(quoted());
  }

  /** A string without escapes is its own text; all else is kept as it was sent. */
  ValueKind kind() {
    return isString() && !escaped ? ValueKind.TEXT : ValueKind.JSON;
  }

  /** The bytes of this value as its {@link #kind} has them. */
  ByteBuffer bytes() {
    return kind() == ValueKind.TEXT ? quoted() : json();
  }

  /**
   * The integer that this is, or -1 if it is not one from 0 to {@link Limits#MAX_TTL_MILLIS}
   * written with digits only.
   */
  long unsignedInteger() {
    long number = 0;
    for (int i = start; i < end; i++) {
      int digit = text.get(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
      if (number > Limits.MAX_TTL_MILLIS) {
        return -1;
      }
    }
    return number;
  }
}
