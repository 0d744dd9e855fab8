package io.speicher.server;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

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

  Class<? extends ServerChannel> channelType() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  IoHandlerFactory ioHandlers() {
    return switch (this) {
      case EPOLL -> LastingEpollIoHandler.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }
}
