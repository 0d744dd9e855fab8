package io.speicher.dialect.json;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.dialect.Dialect;
import io.speicher.dialect.KeysAhead;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import io.speicher.protocol.SetOptions;
import io.speicher.protocol.ValueKind;
import org.jspecify.annotations.Nullable;

/** Framed JSON, for a server. */
public final class JsonDialect implements Dialect {
  private final JsonCommandDecoder decoder;
  private final PlainFrame plain;
  private final JsonReplyEncoder encoder = new JsonReplyEncoder();

  /** What is answered: its reply depends on it. */
  private @Nullable Command last;

  /** Where the frame of the batch starts that is being written, or -1. */
  private int batchStart = -1;

  private int element;

  public JsonDialect(Limits limits) {
    decoder = new JsonCommandDecoder(limits);
    plain = new PlainFrame(limits);
  }

  @Override
  public @Nullable Command decode(ByteBuf in) {
    batchStart = -1;
    last = plain.take(in) ? plainCommand() : decoder.decode(in);
    return last;
  }

  private Command plainCommand() {
    return plain.isSet()
        ? new Command.Set(plain.key(), ValueKind.TEXT, plain.value(), SetOptions.DEFAULT)
        : new Command.Get(plain.key());
  }

  @Override
  public void lookAhead(ByteBuf in, KeysAhead keys) {
    plain.lookAhead(in, keys);
  }

  @Override
  public void encode(Reply reply, ByteBuf out) {
    // A batch that failed was taken back to where it started, and this is the only reply to it.
    if (batchStart < 0 || out.writerIndex() <= batchStart) {
      encoder.encode(reply, last, out);
    } else if (out.writerIndex() - batchStart <= Limits.MAX_FRAME_BYTES) {
      if (element > 0) {
        out.writeByte(',');
      }
      JsonReplyEncoder.writeObject(reply, last, out);
    }
    // Else the batch is too long already: its end says so, and memory is spared.
  }

  @Override
  public void beginBatch(int size, ByteBuf out) {
    batchStart = JsonReplyEncoder.beginItems(out);
  }

  @Override
  public void turnTo(int index) {
    element = index;
  }

  @Override
  public void endBatch(ByteBuf out) {
    JsonReplyEncoder.endItems(out, batchStart);
    batchStart = -1;
  }

  /** A frame is taken as a whole or not at all. */
  @Override
  public boolean isAtRest() {
    return true;
  }
}
