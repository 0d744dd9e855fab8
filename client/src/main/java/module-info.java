/** The Java client of Speicher. */
module io.speicher.client {
  requires static transitive org.jspecify;
  requires io.speicher.protocol;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.common;
  requires io.netty.transport;

  exports io.speicher.client;
}
