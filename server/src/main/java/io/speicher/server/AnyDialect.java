package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.json.JsonDialect;
import io.speicher.protocol.memcached.MemcachedBinaryDialect;
import io.speicher.protocol.memcached.MemcachedDialect;
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
    byte first = in.getByte(in.readerIndex());
    if (first >= 'a' && first <= 'z') {
      return new MemcachedDialect(limits);
    }
    if (first == (byte) 0x80) {
      return new MemcachedBinaryDialect(limits);
    }
    return new JsonDialect(limits);
  }

  @Override
  public Dialect first() {
    return new JsonDialect(limits);
  }
}
