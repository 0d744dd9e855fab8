package io.speicher.dialect.json;

import io.speicher.dialect.ReplyBuffer;
import io.speicher.protocol.Bytes;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/** Writes strings in JSON: from where they are to the reply, whatever their length. */
final class JsonWriter {
  /** How much is turned into base64 at a time; a multiple of three. */
  private static final int BASE64_BYTES = 3 << 10;

  private JsonWriter() {}

  /** Writes a value of this kind, which is not {@link ValueKind#BYTES}. */
  static void writeValue(ValueKind kind, ByteBuffer bytes, ReplyBuffer out) {
    switch (kind) {
      case TEXT -> writeString(bytes, out);
      case JSON -> out.writeBytes(bytes);
      case BYTES -> throw new IllegalArgumentException("bytes need an encoding");
    }
  }

  static void writeBase64(ByteBuffer bytes, ReplyBuffer out) {
    byte[] piece = new byte[Math.min(BASE64_BYTES, bytes.remaining())];
    byte[] encoded = new byte[(piece.length + 2) / 3 * 4];
    out.writeByte('"');
    for (int at = bytes.position(); at < bytes.limit(); at += piece.length) {
      int length = Math.min(piece.length, bytes.limit() - at);
      bytes.get(at, piece, 0, length);
      byte[] last = length == piece.length ? piece : Arrays.copyOf(piece, length);
      out.writeBytes(encoded, 0, Base64.getEncoder().encode(last, encoded));
    }
    out.writeByte('"');
  }

  /** Writes {@code utf8} as a JSON string, in quotes, and leaves its position as it is. */
  static void writeString(ByteBuffer utf8, ReplyBuffer out) {
    out.writeByte('"');
    int from = utf8.position();
    int special = Bytes.indexOfSpecial(utf8, from, utf8.limit(), false);
    while (special < utf8.limit()) {
      out.writeBytes(utf8, from, special - from);
      out.writeBytes(JsonText.escape(utf8.get(special)));
      from = special + 1;
      special = Bytes.indexOfSpecial(utf8, from, utf8.limit(), false);
    }
    out.writeBytes(utf8, from, utf8.limit() - from);
    out.writeByte('"');
  }
}
