package io.speicher.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.AbstractEpollServerChannel;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.epoll.LinuxSocket;
import java.net.SocketAddress;

/**
 * Listens on a Unix domain socket. Nobody can connect before the file has its permissions, which
 * Netty's own listener leaves to chance: it binds and listens in one.
 */
public final class EpollSocketListener extends AbstractEpollServerChannel {
  private final EpollChannelConfig config =
      new EpollChannelConfig(this, new ServerChannelRecvByteBufAllocator()) {};
  private final SocketFile file;

  public EpollSocketListener(SocketFile file) {
    super(LinuxSocket.newSocketDomain(), false);
    this.file = file;
  }

  @Override
  public EpollChannelConfig config() {
    return config;
  }

  @Override
  protected void doBind(SocketAddress address) throws Exception {
    socket.bind(address);
    file.restrict();
    socket.listen(EpollListener.BACKLOG);
    active = true;
  }

  @Override
  protected Channel newChildChannel(int descriptor, byte[] address, int offset, int length) {
    return EpollConnection.onSocketFile(LinuxSocket.newSocket(descriptor));
  }
}
