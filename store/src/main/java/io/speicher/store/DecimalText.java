package io.speicher.store;

import io.speicher.store.AddResult.Counted;
import io.speicher.store.AddResult.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Signed 64-bit numbers as decimal text in bytes. */
final class DecimalText {
  /** The longest is {@link Long#MIN_VALUE}. */
  private static final int MAX_BYTES = 20;

  private DecimalText() {}

  static ByteBuffer of(long number) {
    return ByteBuffer.wrap(Long.toString(number).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The number that {@code text} is, plus {@code delta}, or why there is no such sum. */
  static AddResult sum(ByteBuffer text, long delta) {
    if (!text.hasRemaining() || text.remaining() > MAX_BYTES) {
      return Refused.NOT_A_NUMBER;
    }
    byte[] bytes = new byte[text.remaining()];
    text.get(text.position(), bytes);
    String digits = new String(bytes, StandardCharsets.ISO_8859_1);
    long number;
    try {
      number = Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Refused.NOT_A_NUMBER;
    }
    if (!Long.toString(number).equals(digits)) { // "+1", "01", "-0"
      return Refused.NOT_A_NUMBER;
    }
    long sum = number + delta;
    boolean overflow = ((number ^ sum) & (delta ^ sum)) < 0;
    return overflow ? Refused.OVERFLOW : new Counted(sum);
  }
}
