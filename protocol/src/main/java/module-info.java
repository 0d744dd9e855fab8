/** What clients and servers share: commands, replies, limits, and framed JSON. */
module io.speicher.protocol {
  requires static transitive org.jspecify;

  exports io.speicher.protocol;
  exports io.speicher.protocol.json;
}
