package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.speicher.dialect.Account;
import io.speicher.dialect.Share;
import io.speicher.server.security.Tls;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a connection passes through, in this order. */
final class ServerPipeline extends ChannelInitializer<Channel> {
  private final Map<EventLoop, Turn> turns;
  private final Account account;
  private final Connections connections;
  private final PortDialects dialects;
  private final @Nullable Tls tls;

  ServerPipeline(
      Map<EventLoop, Turn> turns,
      Account account,
      Connections connections,
      PortDialects dialects,
      @Nullable Tls tls) {
    this.turns = turns;
    this.account = account;
    this.connections = connections;
    this.dialects = dialects;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    Turn turn = requireNonNull(turns.get(channel.eventLoop()));
    channel.config().setRecvByteBufAllocator(turn.receiveBuffer().receiver());
    Connection connection = new Connection(turn, connections, dialects, new Share(account));
    if (tls != null) {
      channel.pipeline().addLast(new TlsDetector(tls, connection));
    }
    channel.pipeline().addLast(connection);
  }
}
