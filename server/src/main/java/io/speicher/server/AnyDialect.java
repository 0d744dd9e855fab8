package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.json.JsonDialect;
import org.jspecify.annotations.Nullable;

/** Tells by the first bytes of a connection what it speaks; docs/protocol.md has the table. */
final class AnyDialect implements DialectSource {
  private final Limits limits;

  AnyDialect(Limits limits) {
    this.limits = limits;
  }

  @Override
  public @Nullable Dialect detect(ByteBuf in) {
    return in.isReadable() ? new JsonDialect(limits) : null;
  }

  @Override
  public Dialect first() {
    return new JsonDialect(limits);
  }
}
