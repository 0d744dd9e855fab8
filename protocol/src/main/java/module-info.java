/** What clients and servers share: commands, replies, limits, and framed JSON. */
module io.speicher.protocol {
  requires static transitive org.jspecify;
  requires transitive io.netty.buffer;

  exports io.speicher.protocol;
  exports io.speicher.protocol.json;
}
