package io.speicher.protocol.json;

import io.speicher.protocol.Limits;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a well-formed value stands in a text.
 *
 * @param escaped whether the value, if it is a string, holds a backslash
 */
public record JsonSpan(ByteBuffer text, int start, int end, boolean escaped) {
  /** A minus and 19 digits: JSON has no leading zeros. */
  private static final int MAX_INTEGER_BYTES = 20;

  public boolean isString() {
    return text.get(start) == '"';
  }

  /** All of it, quotes included. */
  public ByteBuffer json() {
    return text.slice(start, end - start);
  }

  /** The same value in memory of its own. */
  JsonSpan copy() {
    ByteBuffer own = ByteBuffer.allocate(end - start).put(json()).flip();
    return new JsonSpan(own, 0, own.limit(), escaped);
  }

  /** What stands between the quotes of a string. */
  public ByteBuffer quoted() {
    return text.slice(start + 1, end - start - 2);
  }

  /** The string that this is, in UTF-8, or null if it holds half of a surrogate pair. */
  public @Nullable ByteBuffer utf8() {
    return escaped ? JsonText.utf8(string()) : quoted();
  }

  /** The string that this is. */
  public String string() {
    return JsonText.unescape(quoted());
  }

  /** What this says if it is text, in UTF-8, or null if it is other JSON. */
  public @Nullable ByteBuffer plainText() {
    return isString() ? utf8() : null;
  }

  /**
   * The integer that this is, or -1 if it is not one from 0 to {@link Limits#MAX_TTL_MILLIS}
   * written with digits only.
   */
  public long unsignedInteger() {
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

  /** The 64-bit integer that this is, written with digits and perhaps a minus, or null. */
  public @Nullable Long integer() {
    if (end - start > MAX_INTEGER_BYTES) {
      return null; // Not made a string of: it may be as long as the whole text.
    }
    for (int i = start; i < end; i++) {
      byte b = text.get(i);
      if ((b < '0' || b > '9') && !(b == '-' && i == start)) {
        return null;
      }
    }
    return parsed(JsonText.unescape(json()));
  }

  /** The integer that {@code digits} are, or null if it has more than 64 bits. */
  public static @Nullable Long parsed(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
