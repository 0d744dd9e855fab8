package io.speicher.client.backend;

import io.speicher.protocol.Reply;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a server makes of a value that it is given as JSON, for backends that are none. */
public final class StoredForm {
  private StoredForm() {}

  /**
   * The value as a server keeps it: a string of JSON as its characters, if it has whole ones, and
   * everything else as it is.
   *
   * @return a view of {@code value}, or bytes of its own
   */
  public static Reply.Value of(ValueKind kind, ByteBuffer value) {
    if (kind == ValueKind.JSON) {
      String json = StandardCharsets.UTF_8.decode(value.duplicate()).toString().strip();
      if (json.startsWith("\"")) {
        byte[] quoted = json.substring(1, json.length() - 1).getBytes(StandardCharsets.UTF_8);
        ByteBuffer text = JsonText.utf8(JsonText.unescape(ByteBuffer.wrap(quoted)));
        if (text != null) {
          return new Reply.Value(ValueKind.TEXT, text);
        }
      }
    }
    return new Reply.Value(kind, value);
  }
}
