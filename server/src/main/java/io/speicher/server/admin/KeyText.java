package io.speicher.server.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Shows keys to people: most are text, and the others have to be told apart as well. */
final class KeyText {
  private KeyText() {}

  /**
   * The text that the bytes are in UTF-8; or, where they are none or have control characters, with
   * {@code \xNN} for each byte that is not printable ASCII, as redis-cli has it.
   *
   * @param bytes a char for each
   */
  static String of(String bytes) {
    try {
      String text =
          UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.getBytes(ISO_8859_1))).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException e) {
      // It is no text.
    }
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      char one = bytes.charAt(i);
      boolean isPlain = one >= ' ' && one < 0x7F && one != '\\';
      escaped.append(isPlain ? String.valueOf(one) : "\\x%02x".formatted((int) one));
    }
    return escaped.toString();
  }
}
