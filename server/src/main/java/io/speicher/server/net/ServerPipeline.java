package io.speicher.server.net;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateHandler;
import io.speicher.server.ServerSettings;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a connection passes through, in this order. */
public final class ServerPipeline extends ChannelInitializer<Channel> {
  private final ServerSettings settings;
  private final Map<EventLoop, Loop> loops;
  private final Connections connections;
  private final PortDialects dialects;

  public ServerPipeline(
      ServerSettings settings,
      Map<EventLoop, Loop> loops,
      Connections connections,
      PortDialects dialects) {
    this.settings = settings;
    this.loops = loops;
    this.connections = connections;
    this.dialects = dialects;
  }

  @Override
  protected void initChannel(Channel channel) {
    Loop loop = requireNonNull(loops.get(channel.eventLoop()));
    channel.config().setRecvByteBufAllocator(loop.inbox().receiver());
    if (settings.idleTimeout().isPositive()) {
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(0, 0, settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS));
    }
    channel
        .pipeline()
        .addLast(new ConnectionHandler(loop, connections, dialects, new Connection(channel)));
  }
}
