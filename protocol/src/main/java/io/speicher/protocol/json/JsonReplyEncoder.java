package io.speicher.protocol.json;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes replies. Has no state. */
public final class JsonReplyEncoder {
  private static final byte[] DONE = frame("{\"status_code\":200}");
  private static final byte[] MISS = frame("{\"status_code\":404,\"message\":\"no such key\"}");
  private static final byte[] VALUE = utf8("{\"status_code\":200,\"value\":");
  private static final byte[] STATUS = utf8("{\"status_code\":");
  private static final byte[] MESSAGE = utf8(",\"message\":");

  /** Appends the frame of {@code reply} to {@code out}. */
  public void encode(Reply reply, ByteBuf out) {
    if (reply instanceof Reply.Value value) {
      encodeValue(value, out);
    } else if (reply instanceof Reply.Done) {
      out.writeBytes(DONE);
    } else if (reply instanceof Reply.Miss) {
      out.writeBytes(MISS);
    } else if (reply instanceof Reply.Refused refused) {
      encodeError(refused.statusCode(), refused.message(), out);
    } else if (reply instanceof Reply.Failed failed) {
      encodeError(failed.statusCode(), failed.message(), out);
    }
  }

  private static void encodeValue(Reply.Value value, ByteBuf out) {
    int start = Frame.begin(out);
    out.writeBytes(VALUE);
    JsonText.writeValue(value.kind(), value.bytes(), out);
    out.writeByte('}');
    Frame.end(out, start);
  }

  private static void encodeError(int statusCode, String message, ByteBuf out) {
    int start = Frame.begin(out);
    out.writeBytes(STATUS).writeBytes(utf8(Integer.toString(statusCode))).writeBytes(MESSAGE);
    JsonText.writeString(ByteBuffer.wrap(utf8(message)), out);
    out.writeByte('}');
    Frame.end(out, start);
  }

  private static byte[] frame(String json) {
    byte[] payload = utf8(json);
    return ByteBuffer.allocate(Frame.HEADER_BYTES + payload.length)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
