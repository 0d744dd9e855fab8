package io.speicher.protocol.json;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.Expiry;
import java.nio.charset.StandardCharsets;

/** Writes commands, for a client. Has no state. */
public final class JsonCommandEncoder {
  private static final byte[] GET = ascii("{\"command\":\"GET\",\"key\":");
  private static final byte[] SET = ascii("{\"command\":\"SET\",\"key\":");
  private static final byte[] DELETE = ascii("{\"command\":\"DEL\",\"key\":");
  private static final byte[] CLEAR = ascii("{\"command\":\"RST\"");
  private static final byte[] PING = ascii("{\"command\":\"PING\"");
  private static final byte[] VALUE = ascii(",\"value\":");
  private static final byte[] TTL = ascii(",\"ttl\":");

  /**
   * Appends the frame of {@code command} to {@code out}.
   *
   * @throws IllegalArgumentException if it is {@link Command.Malformed}, which nobody can ask for
   */
  public void encode(Command command, ByteBuf out) {
    int start = Frame.begin(out);
    if (command instanceof Command.Get get) {
      out.writeBytes(GET);
      JsonText.writeString(get.key(), out);
    } else if (command instanceof Command.Set set) {
      encodeSet(set, out);
    } else if (command instanceof Command.Delete delete) {
      out.writeBytes(DELETE);
      JsonText.writeString(delete.key(), out);
    } else if (command instanceof Command.Clear) {
      out.writeBytes(CLEAR);
    } else if (command instanceof Command.Ping) {
      out.writeBytes(PING);
    } else {
      throw new IllegalArgumentException("no such request: command=" + command);
    }
    out.writeByte('}');
    Frame.end(out, start);
  }

  private static void encodeSet(Command.Set set, ByteBuf out) {
    out.writeBytes(SET);
    JsonText.writeString(set.key(), out);
    out.writeBytes(VALUE);
    JsonText.writeValue(set.kind(), set.value(), out);
    Expiry expiry = set.options().expiry();
    if (expiry.base() == Expiry.Base.AFTER) {
      out.writeBytes(TTL).writeBytes(ascii(Long.toString(expiry.millis())));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
