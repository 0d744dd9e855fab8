package io.speicher.dialect.json;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.speicher.dialect.Ahead;
import io.speicher.dialect.CommandName;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.Plain;
import io.speicher.dialect.ReceivedBytes;
import io.speicher.dialect.ReplyBuffer;
import io.speicher.dialect.Session;
import io.speicher.protocol.Command;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import io.speicher.protocol.json.Frame;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Framed JSON, for a server. */
public final class JsonDialect implements Dialect {
  /** What a peer may send that has not said who it is. */
  private static final int MAX_EARLY_FRAME_BYTES = 16 << 10;

  private static final Map<Class<?>, CommandName> NAMES = CommandName.ofKinds("json");
  private static final CommandName GET = requireNonNull(NAMES.get(Command.Get.class));
  private static final CommandName SET = requireNonNull(NAMES.get(Command.Set.class));

  private final int maxFrameBytes;
  private final int maxEarlyFrameBytes;
  private final JsonCommandDecoder decoder;
  private final JsonShortcut shortcut;
  private final JsonReplyEncoder encoder = new JsonReplyEncoder();

  /** What is answered: its reply depends on it. */
  private @Nullable Command last;

  /** Where the frame of the batch starts that is being written, or -1. */
  private long batchStart = -1;

  private int element;

  public JsonDialect(Limits limits) {
    maxFrameBytes = limits.maxFrameBytes();
    maxEarlyFrameBytes = Math.min(MAX_EARLY_FRAME_BYTES, maxFrameBytes);
    decoder = new JsonCommandDecoder(limits);
    shortcut = new JsonShortcut(limits);
  }

  @Override
  public @Nullable Command decode(ByteBuf in, Session session) {
    batchStart = -1;
    last = null;
    Command command =
        decoder.decode(
            in,
            session.commandMemory(),
            session.needsAuthentication() ? maxEarlyFrameBytes : maxFrameBytes);
    if (!(command instanceof Command.SetAll)) { // Its items are many, and its reply is plain.
      last = command;
    }
    if (command != null) {
      session.database(decoder.database());
      session.command(NAMES.getOrDefault(command.getClass(), CommandName.NONE));
    }
    return command;
  }

  @Override
  public int missingBytes(ByteBuf in) {
    if (in.readableBytes() < Frame.HEADER_BYTES) {
      return 0;
    }
    return Math.max(0, in.getInt(in.readerIndex()) - in.readableBytes() + Frame.HEADER_BYTES);
  }

  @Override
  public @Nullable Command decode(Plain plain, Session session) {
    if (!plain.isUsual()) {
      return null;
    }
    batchStart = -1;
    session.database(0);
    session.command(plain.isSet() ? SET : GET);
    last =
        plain.isSet()
            ? new Command.Set(plain.key(), ValueKind.TEXT, plain.value(), SetOptions.DEFAULT)
            : new Command.Get(plain.key());
    return last;
  }

  @Override
  public void lookAhead(ReceivedBytes received, Ahead ahead) {
    shortcut.lookAhead(received, ahead);
  }

  @Override
  public boolean streams() {
    return false;
  }

  @Override
  public void encode(Reply reply, ReplyBuffer out) {
    // A batch that failed was taken back to where it started, and this is the only reply to it.
    if (batchStart < 0 || out.position() <= batchStart) {
      encoder.encode(reply, last, out);
    } else if (out.position() - batchStart <= Limits.MAX_FRAME_BYTES) {
      if (element > 0) {
        out.writeByte(',');
      }
      JsonReplyEncoder.writeObject(reply, last, out);
    }
    // Else the batch is too long already: its end says so, and memory is spared.
  }

  @Override
  public void push(Reply.Invalidated invalidated, Session session, ReplyBuffer out) {
    if (invalidated.everything() || !invalidated.keys().isEmpty()) {
      encoder.encode(invalidated, null, out);
    }
  }

  @Override
  public void beginBatch(int size, ReplyBuffer out) {
    batchStart = JsonReplyEncoder.beginItems(out);
  }

  @Override
  public void turnTo(int index) {
    element = index;
  }

  @Override
  public void endBatch(ReplyBuffer out) {
    JsonReplyEncoder.endItems(out, batchStart);
    batchStart = -1;
  }

  /** A frame is taken as a whole or not at all. */
  @Override
  public boolean isAtRest() {
    return true;
  }

  /** Clients know a server, and no nodes. */
  @Override
  public boolean spansCluster() {
    return true;
  }
}
