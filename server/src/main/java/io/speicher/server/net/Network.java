package io.speicher.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.speicher.dialect.Account;
import io.speicher.protocol.Limits;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.security.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The event loops of a server, where it listens, and its connections. */
public final class Network {
  /** Connections count themselves what waits for slow readers. */
  private static final WriteBufferWaterMark NO_WATER_MARK =
      new WriteBufferWaterMark(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);

  private final Account account;
  private final Connections connections;
  private final @Nullable Tls tls;
  private final EventLoopGroup loops;
  private final Map<EventLoop, Turn> turns = new HashMap<>();
  private final List<Channel> listeners = new ArrayList<>();
  private @Nullable SocketFile socketFile;

  /**
   * @param executors one for each event loop
   * @param account what all connections may hold together
   * @param tls how it is spoken, if it is
   * @param http what serves those who speak it
   */
  public Network(
      List<CommandExecutor> executors,
      IoHandlerFactory ioHandlers,
      Limits limits,
      Duration idleTimeout,
      Account account,
      Connections connections,
      @Nullable Tls tls,
      HttpHandover http) {
    connections.closeIdle(idleTimeout);
    this.account = account;
    this.connections = connections;
    this.tls = tls;
    loops =
        new MultiThreadIoEventLoopGroup(
            executors.size(), new DefaultThreadFactory("speicher-loop"), ioHandlers);
    Monitors monitors = new Monitors();
    MemoryQueue memoryQueue =
        new MemoryQueue(account, () -> turns.values().forEach(Turn::watchMemory));
    for (var loop : loops) {
      CommandExecutor executor = executors.get(turns.size());
      turns.put(
          (EventLoop) loop,
          new Turn(
              (EventLoop) loop,
              executor,
              account,
              new Dialects(limits),
              memoryQueue,
              connections,
              monitors,
              http));
    }
  }

  /** The ids of the threads that the event loops have, in order. */
  public List<Long> loopThreads() {
    List<Long> ids = new ArrayList<>();
    for (var loop : loops) {
      ids.add(((SingleThreadEventExecutor) loop).threadProperties().id());
    }
    return ids;
  }

  /** Runs something once every event loop has come to execute a task; on the last one's thread. */
  public void ask(Runnable whenAllHaveAnswered) {
    AtomicInteger silent = new AtomicInteger(turns.size());
    for (EventLoop loop : turns.keySet()) {
      loop.execute(() -> {
        if (silent.decrementAndGet() == 0) {
          whenAllHaveAnswered.run();
        }
      });
    }
  }

  /** Runs something when an event loop ends, whatever the reason. */
  public void whenLoopEnds(Runnable action) {
    for (var loop : loops) {
      loop.terminationFuture().addListener(ended -> action.run());
    }
  }

  /**
   * Listens for connections that speak one of these dialects, and returns where.
   *
   * @param host a name or a number
   * @param port 0 picks a free one
   * @throws IOException if it cannot listen there: the message says why, and what to do
   */
  public InetSocketAddress listen(
      ServerBootstrap bootstrap, String host, int port, PortDialects dialects) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new IOException(cannotListen(host, port, "unknown address"));
    }
    ChannelFuture bound = bind(bootstrap.localAddress(address), dialects, tls);
    if (!bound.isSuccess()) {
      throw new IOException(cannotListen(host, port, reason(bound.cause())), bound.cause());
    }
    return (InetSocketAddress) bound.channel().localAddress();
  }

  /**
   * Listens on a Unix domain socket for connections that speak any dialect. They are not encrypted:
   * what they say never leaves the machine.
   *
   * @param bootstrap which knows the path
   * @throws IOException if it cannot listen there: the message says why, and what to do
   */
  public void listen(ServerBootstrap bootstrap, SocketFile file) throws IOException {
    file.claim();
    ChannelFuture bound = bind(bootstrap, PortDialects.ANY, null);
    if (!bound.isSuccess()) {
      throw new IOException(
          file.cannotListen(reason(bound.cause()) + "; choose another --socket"), bound.cause());
    }
    file.restrict(); // Again, where the listener has not done so.
    socketFile = file;
  }

  private ChannelFuture bind(
      ServerBootstrap bootstrap, PortDialects dialects, @Nullable Tls spoken) {
    ChannelFuture bound =
        bootstrap
            .group(loops)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, NO_WATER_MARK)
            .childHandler(new ServerPipeline(turns, account, connections, dialects, spoken))
            .bind()
            .awaitUninterruptibly();
    if (bound.isSuccess()) {
      listeners.add(bound.channel());
    }
    return bound;
  }

  /** What the operating system said, without the name of the call that it was said to. */
  private static String reason(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    return said.substring(said.lastIndexOf(": ") + 1).strip().toLowerCase(Locale.ROOT);
  }

  private static String cannotListen(String host, int port, String reason) {
    return "cannot listen on "
        + hostAndPort(host, port)
        + ": "
        + reason
        + "; stop what listens there, or choose another port (0 picks a free one) or --bind";
  }

  /** As people write it: an IPv6 address in brackets. */
  public static String hostAndPort(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** From now on closes connections that say nothing for so long; zero is for ever. */
  public void closeIdle(Duration timeout) {
    connections.closeIdle(timeout);
  }

  /** Accepts no more connections. */
  public void stopListening() {
    if (socketFile != null) {
      socketFile.remove();
    }
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
  }

  /**
   * Lets every connection answer what it has received and close, for {@code timeout} at most.
   * Returns how many of them had not sent all their replies by then.
   */
  public int drain(Duration timeout) throws InterruptedException {
    return connections.drain(timeout);
  }

  /** Ends all connections, then the loops that run them, and gives their memory back. */
  public void close() {
    stopListening();
    connections.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    turns.values().forEach(Turn::close);
  }
}
