package io.speicher.server;

import io.netty.buffer.ByteBuf;
import io.speicher.protocol.Dialect;
import org.jspecify.annotations.Nullable;

/** Where the dialect of a connection comes from. */
interface DialectSource {

  /**
   * The dialect that {@code in}, which is not taken, begins with, or null if too little is there.
   */
  @Nullable Dialect detect(ByteBuf in);

  /** What is spoken to a peer that has said nothing yet. */
  Dialect first();
}
