package io.speicher.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.AbstractEpollServerChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.SocketAddress;

/** Does as Netty's own listener, but makes an {@link EpollConnection} of what it accepts. */
public final class EpollListener extends AbstractEpollServerChannel {
  /** How many connections the kernel accepts for us before we do. */
  public static final int BACKLOG = 4_096;

  /** After so long a silence the kernel asks whether the peer is there, so many times. */
  private static final int KEEPALIVE_IDLE_SECONDS = 300;

  private static final int KEEPALIVE_INTERVAL_SECONDS = 100;
  private static final int KEEPALIVE_PROBES = 3;

  // From linux/in.h and linux/tcp.h.
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;

  private final EpollChannelConfig config =
      new EpollChannelConfig(this, new ServerChannelRecvByteBufAllocator()) {};

  public EpollListener() {
    super(LinuxSocket.newSocketStream(), false);
  }

  @Override
  public EpollChannelConfig config() {
    return config;
  }

  @Override
  protected void doBind(SocketAddress address) throws Exception {
    socket.setReuseAddress(true);
    keepAlive(socket);
    super.doBind(address);
    socket.listen(BACKLOG);
    active = true;
  }

  /**
   * Notices peers that have vanished. The kernel gives the options of a listener to each socket
   * that it accepts, so that they cost no calls for a connection.
   */
  private static void keepAlive(LinuxSocket listener) throws IOException {
    listener.setKeepAlive(true);
    listener.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
    listener.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS);
    listener.setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
  }

  @Override
  protected Channel newChildChannel(int descriptor, byte[] address, int offset, int length)
      throws IOException {
    return EpollConnection.onPort(LinuxSocket.newSocket(descriptor));
  }
}
