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
    super.doBind(address);
    socket.listen(BACKLOG);
    active = true;
  }

  @Override
  protected Channel newChildChannel(int descriptor, byte[] address, int offset, int length)
      throws IOException {
    LinuxSocket accepted = LinuxSocket.newSocket(descriptor);
    accepted.setTcpNoDelay(true);
    return new EpollConnection(accepted);
  }
}
