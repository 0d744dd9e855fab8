/** What is said between clients and servers, and the dialects it is said in. */
module io.speicher.protocol {
  requires static transitive org.jspecify;
  requires transitive io.netty.buffer;

  exports io.speicher.protocol;
  exports io.speicher.protocol.json;
  exports io.speicher.protocol.resp;
  exports io.speicher.protocol.memcached;
}
