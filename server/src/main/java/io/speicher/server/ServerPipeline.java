package io.speicher.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.timeout.IdleStateHandler;
import io.speicher.protocol.json.JsonCommandDecoder;
import java.util.concurrent.TimeUnit;

/** What a connection passes through, in this order. */
final class ServerPipeline extends ChannelInitializer<Channel> {
  private final ServerSettings settings;
  private final CommandExecutor executor;
  private final Connections connections;

  ServerPipeline(ServerSettings settings, CommandExecutor executor, Connections connections) {
    this.settings = settings;
    this.executor = executor;
    this.connections = connections;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (settings.idleTimeout().isPositive()) {
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(0, 0, settings.idleTimeout().toMillis(), TimeUnit.MILLISECONDS));
    }
    channel
        .pipeline()
        .addLast(
            new ConnectionHandler(
                executor, connections, new JsonCommandDecoder(settings.limits())));
  }
}
