package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.json.JsonDialect;
import io.speicher.protocol.resp.RespDialect;
import org.jspecify.annotations.Nullable;

/** Tells by the first bytes of a connection what it speaks; docs/protocol.md has the table. */
final class AnyDialect implements DialectSource {
  private final Limits limits;

  AnyDialect(Limits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable Dialect detect(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int first = in.getUnsignedByte(in.readerIndex());
    return first >= ' ' && first < 0x7F ? new RespDialect(limits) : new JsonDialect(limits);
  }

  @Override
  public Dialect first() {
    return new JsonDialect(limits);
  }
}
