package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EpollConnectionTest {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, Transport.best().ioHandlers());
  private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

  @BeforeEach
  void needEpoll() {
    assumeTrue(Epoll.isAvailable());
  }

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private InetSocketAddress listen() {
    return (InetSocketAddress)
        Transport.EPOLL
            .bootstrap()
            .group(loops)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(channel);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel()
            .localAddress();
  }

  private Channel accept(Socket client) throws IOException, InterruptedException {
    client.connect(listen());
    return accepted.take();
  }

  private static LinuxSocket socketOf(Channel connection) {
    return (LinuxSocket) ((UnixChannel) connection).fd();
  }

  @Test
  void addresses_areThoseOfTheSocket() throws Exception {
    try (Socket client = new Socket()) {
      Channel connection = accept(client);
      assertThat(connection.localAddress()).isEqualTo(client.getRemoteSocketAddress());
      assertThat(connection.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
    }
  }

  /** The kernel asks a silent peer whether it is still there, and not only after two hours. */
  @Test
  void vanishedPeer_isNoticed() throws Exception {
    try (Socket client = new Socket()) {
      LinuxSocket socket = socketOf(accept(client));
      assertThat(socket.isKeepAlive()).isTrue();
      assertThat(socket.getIntOpt(IPPROTO_TCP, TCP_KEEPIDLE)).isEqualTo(300);
    }
  }

  @Test
  void addresses_ofAClosedOne_areNone() throws Exception {
    try (Socket client = new Socket()) {
      Channel connection = accept(client);
      connection.close().syncUninterruptibly();
      assertThat(connection.localAddress()).isNull();
      assertThat(connection.remoteAddress()).isNull();
    }
  }

  @Test
  void options() throws Exception {
    try (Socket client = new Socket()) {
      Channel connection = accept(client);
      LinuxSocket socket = socketOf(connection);
      assertThat(socket.isTcpNoDelay()).isTrue();
      assertThat(connection.config().getOption(ChannelOption.SO_RCVBUF))
          .isEqualTo(socket.getReceiveBufferSize());
    }
  }

  @Test
  void hashCodes_differ() throws Exception {
    try (Socket one = new Socket();
        Socket other = new Socket()) {
      Channel first = accept(one);
      Channel second = accept(other);
      assertThat(first.hashCode()).isNotEqualTo(second.hashCode());
      assertThat(first).isNotEqualByComparingTo(second);
    }
  }
}
