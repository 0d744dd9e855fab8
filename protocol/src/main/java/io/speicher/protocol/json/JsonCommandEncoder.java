package io.speicher.protocol.json;

import io.speicher.protocol.Command;
import io.speicher.protocol.Condition;
import io.speicher.protocol.Expiry;
import io.speicher.protocol.Limits;
import io.speicher.protocol.SetOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes commands, for a client. Has no state.
 *
 * <p>It knows what the Java client sends and refuses all else. It never leaves out a part that it
 * does not know: a {@code Set} without its condition would overwrite what the condition protects.
 */
public final class JsonCommandEncoder {
  private static final byte[] GET = ascii("{\"command\":\"GET\",\"key\":");
  private static final byte[] SET = ascii("{\"command\":\"SET\",\"key\":");
  private static final byte[] DELETE = ascii("{\"command\":\"DEL\",\"key\":");
  private static final byte[] CLEAR = ascii("{\"command\":\"RST\"");
  private static final byte[] PING = ascii("{\"command\":\"PING\"");
  private static final byte[] AUTH = ascii("{\"command\":\"AUTH\",\"user\":");
  private static final byte[] PASSWORD = ascii(",\"password\":");
  private static final byte[] VALUE = ascii(",\"value\":");
  private static final byte[] TTL = ascii(",\"ttl\":");
  private static final byte[] END = ascii("}");

  /** Room for names, quotes, a time to live, and a few escapes. */
  private static final int OVERHEAD_BYTES = 128;

  /**
   * Returns the frame of {@code command}, from its position to its limit, in memory of its own.
   *
   * @throws IllegalArgumentException if this encoder has no words for the command or for a part of
   *     it, or if the frame would be longer than {@link Limits#MAX_FRAME_BYTES}
   */
  public ByteBuffer encode(Command command) {
    FrameWriter frame = new FrameWriter(payloadBytesHint(command));
    if (command instanceof Command.Get get) {
      require(get.view() == Command.View.VALUE, "view", get.view());
      frame.write(GET).writeString(get.key());
    } else if (command instanceof Command.Set set) {
      writeSet(set, frame);
    } else if (command instanceof Command.Delete delete) {
      frame.write(DELETE).writeString(delete.key());
    } else if (command instanceof Command.Clear clear) {
      require(clear.delayMillis() == 0, "delayMillis", clear.delayMillis());
      frame.write(CLEAR);
    } else if (command instanceof Command.Ping) {
      frame.write(PING);
    } else if (command instanceof Command.Auth auth) {
      ByteBuffer user = ByteBuffer.wrap(auth.user().getBytes(StandardCharsets.UTF_8));
      frame.write(AUTH).writeString(user).write(PASSWORD).writeString(auth.password());
    } else {
      throw inexpressible("command", command.getClass().getSimpleName());
    }
    return frame.write(END).finish();
  }

  private static void writeSet(Command.Set set, FrameWriter frame) {
    SetOptions options = set.options();
    require(options.flags() == 0, "flags", options.flags());
    require(!options.returnsOld(), "returnsOld", options.returnsOld());
    Condition.Kind condition = options.condition().kind();
    require(condition == Condition.Kind.ALWAYS, "condition", condition);

    frame.write(SET).writeString(set.key()).write(VALUE);
    switch (set.kind()) {
      case TEXT -> frame.writeString(set.value());
      case JSON -> frame.write(set.value());
      case BYTES -> throw inexpressible("kind", set.kind());
    }
    Expiry expiry = options.expiry();
    switch (expiry.base()) {
      case NEVER -> {}
      case AFTER -> frame.write(TTL).write(ascii(Long.toString(expiry.millis())));
      case KEEP, AT, LATER -> throw inexpressible("expiry", expiry.base());
    }
  }

  private static void require(boolean isExpressible, String what, Object value) {
    if (!isExpressible) {
      throw inexpressible(what, value);
    }
  }

  private static IllegalArgumentException inexpressible(String what, Object value) {
    return new IllegalArgumentException("not expressible in framed JSON: " + what + "=" + value);
  }

  private static long payloadBytesHint(Command command) {
    if (command instanceof Command.Set set) {
      return OVERHEAD_BYTES + (long) set.key().remaining() + set.value().remaining();
    }
    return OVERHEAD_BYTES;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
