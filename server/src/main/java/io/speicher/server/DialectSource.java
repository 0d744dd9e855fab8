package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import io.speicher.protocol.Limits;
import io.speicher.protocol.memcached.MemcachedDialect;
import io.speicher.protocol.resp.RespDialect;
import org.jspecify.annotations.Nullable;

/** What a port speaks. */
interface DialectSource {

  /**
   * The dialect that {@code in}, which is not taken, begins with, or null if too little is there.
   */
  @Nullable Dialect detect(ByteBuf in);

  /** What is spoken to a peer that has said nothing yet. */
  Dialect first();

  /** All dialects. */
  static DialectSource any(Limits limits) {
    return new AnyDialect(limits);
  }

  /** RESP alone. */
  static DialectSource redis(Limits limits) {
    return new DialectSource() {
      @Override
      public Dialect detect(ByteBuf in) {
        return first();
      }

      @Override
      public Dialect first() {
        return new RespDialect(limits);
      }
    };
  }

  /** The protocols of memcached, which the first byte tells apart. */
  static DialectSource memcached(Limits limits) {
    return new DialectSource() {
      @Override
      public @Nullable Dialect detect(ByteBuf in) {
        return in.isReadable() ? AnyDialect.memcached(AnyDialect.firstByte(in), limits) : null;
      }

      @Override
      public Dialect first() {
        return new MemcachedDialect(limits);
      }
    };
  }
}
