/** The server: sockets on one side, a store on the other, and commands in between. */
module io.speicher.server {
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
  requires info.picocli;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires transitive io.speicher.dialect;
  requires transitive io.speicher.store;
  requires jdk.jfr;
  requires java.logging;
  requires java.management;
  requires java.naming;
  requires jdk.management;
  requires jdk.unsupported;
  requires org.tomlj;
  requires tools.jackson.core;

  exports io.speicher.server;

  uses io.speicher.server.command.ClusterProvider;

  opens io.speicher.server to
      info.picocli;
}
