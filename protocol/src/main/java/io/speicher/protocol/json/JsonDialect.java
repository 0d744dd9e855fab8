package io.speicher.protocol.json;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Command;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Reply;
import org.jspecify.annotations.Nullable;

/** Framed JSON, for a server. */
public final class JsonDialect implements Dialect {
  private final JsonCommandDecoder decoder;
  private final JsonReplyEncoder encoder = new JsonReplyEncoder();

  public JsonDialect(Limits limits) {
    decoder = new JsonCommandDecoder(limits);
  }

  @Override
  public @Nullable Command decode(ByteBuf in) {
    return decoder.decode(in);
  }

  @Override
  public void encode(Reply reply, ByteBuf out) {
    encoder.encode(reply, out);
  }

  @Override
  public void beginBatch(int size, ByteBuf out) {
    throw new IllegalStateException("no batches yet");
  }

  @Override
  public void turnTo(int index) {}

  @Override
  public void endBatch(ByteBuf out) {}
}
