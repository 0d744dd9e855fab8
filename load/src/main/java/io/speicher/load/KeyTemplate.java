package io.speicher.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes with a key in them: copied as they are, and then the key's digits are put in. */
final class KeyTemplate {
  private final byte[] bytes;
  private final int digitsOffset;

  /** Makes one that begins with {@code before}, then has the key, then {@code after}. */
  KeyTemplate(String before, String keyPrefix, String after) {
    bytes =
        (before + keyPrefix + "0".repeat(Decimal.KEY_DIGITS) + after)
            .getBytes(StandardCharsets.ISO_8859_1);
    digitsOffset = before.length() + keyPrefix.length();
  }

  void put(ByteBuffer out, long key) {
    int start = out.position();
    out.put(bytes);
    Decimal.putKeyDigits(out, start + digitsOffset, key);
  }

  int length() {
    return bytes.length;
  }
}
