/** The server's half of each dialect: bytes to commands, and replies to bytes. */
module io.speicher.dialect {
  requires static transitive org.jspecify;
  requires transitive io.netty.buffer;
  requires transitive io.speicher.protocol;

  exports io.speicher.dialect;
  exports io.speicher.dialect.json;
  exports io.speicher.dialect.memcached;
  exports io.speicher.dialect.resp;
}
