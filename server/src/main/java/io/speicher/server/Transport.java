package io.speicher.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.speicher.server.net.EpollListener;
import io.speicher.server.net.EpollSocketListener;
import io.speicher.server.net.LastingEpollIoHandler;
import io.speicher.server.net.SocketFile;
import java.net.UnixDomainSocketAddress;

/** How the server waits for its sockets. */
public enum Transport {
  /** Linux's own, through native code. */
  EPOLL,

  /** Java's, which works everywhere. */
  NIO;

  /** The best one that works on this machine. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** Makes listeners, whose connections send what is written at once. */
  ServerBootstrap bootstrap() {
    return switch (this) {
      case EPOLL -> new ServerBootstrap().channelFactory(EpollListener::new);
      case NIO ->
          new ServerBootstrap()
              .channelFactory(NioServerSocketChannel::new)
              .option(ChannelOption.SO_BACKLOG, EpollListener.BACKLOG)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(ChannelOption.SO_KEEPALIVE, true);
    };
  }

  /** Makes listeners on Unix domain sockets. */
  ServerBootstrap bootstrap(SocketFile file) {
    return switch (this) {
      case EPOLL ->
          new ServerBootstrap()
              .channelFactory(() -> new EpollSocketListener(file))
              .localAddress(new DomainSocketAddress(file.path().toFile()));
      case NIO ->
          new ServerBootstrap()
              .channelFactory(NioServerDomainSocketChannel::new)
              .option(ChannelOption.SO_BACKLOG, EpollListener.BACKLOG)
              .localAddress(UnixDomainSocketAddress.of(file.path()));
    };
  }

  IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> LastingEpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }
}
