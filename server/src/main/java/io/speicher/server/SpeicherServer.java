package io.speicher.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.speicher.server.admin.ServerStatus;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.net.Connections;
import io.speicher.server.net.Dialects;
import io.speicher.server.net.Inbox;
import io.speicher.server.net.Loop;
import io.speicher.server.net.Outbox;
import io.speicher.server.net.PortDialects;
import io.speicher.server.net.ServerPipeline;
import io.speicher.server.net.Turn;
import io.speicher.store.Store;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A running server: event loops that serve a port, or up to three, and a store.
 *
 * <p>Any thread may call any method. The server closes the store that it was given.
 */
public final class SpeicherServer implements AutoCloseable {
  private static final Logger logger = System.getLogger(SpeicherServer.class.getName());

  /** What may wait for a slow reader before its commands have to wait, and until they go on. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(256 << 10, 1 << 20);

  private static final long MAINTENANCE_MILLIS = 500;

  private final Store store;
  private final Connections connections;
  private final EventLoopGroup loops;
  private final ScheduledExecutorService maintenance;
  private final ServerStatus status;
  private final Map<EventLoop, Loop> loopStates;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Channel listener;
  private final @Nullable Channel redisListener;
  private final @Nullable Channel memcachedListener;

  private SpeicherServer(ServerSettings settings, Store store) throws IOException {
    this.store = store;
    connections = new Connections(settings.maxConnections());
    loops =
        new MultiThreadIoEventLoopGroup(
            settings.threads(),
            new DefaultThreadFactory("speicher-loop"),
            settings.transport().ioHandlers());
    maintenance =
        Executors.newSingleThreadScheduledExecutor(
            new DefaultThreadFactory("speicher-maintenance", true));
    status = new ServerStatus(settings, store, connections, maintenance);
    loopStates = new HashMap<>();
    for (EventExecutor loop : loops) {
      CommandExecutor executor = status.executors().get(loopStates.size());
      Dialects dialects = new Dialects(settings.limits());
      Inbox inbox = new Inbox(executor);
      Outbox outbox = new Outbox();
      Turn turn = new Turn(inbox, outbox);
      loopStates.put((EventLoop) loop, new Loop(executor, dialects, inbox, outbox, turn));
    }
    try {
      listener = listen(settings, settings.port(), PortDialects.ANY);
      status.listensOn(port());
      redisListener = listen(settings, settings.redisPort(), PortDialects.REDIS);
      memcachedListener = listen(settings, settings.memcachedPort(), PortDialects.MEMCACHED);
    } catch (IOException e) {
      stop();
      throw e;
    }
    maintenance.scheduleWithFixedDelay(
        this::maintain, MAINTENANCE_MILLIS, MAINTENANCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Starts a server on {@code store} and returns when it listens.
   *
   * @throws IOException if it cannot listen there; the store is closed
   */
  public static SpeicherServer start(ServerSettings settings, Store store) throws IOException {
    return new SpeicherServer(settings, store);
  }

  /** Where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  public int port() {
    return address().getPort();
  }

  /** Where it listens for clients that speak RESP alone, if it does. */
  public Optional<InetSocketAddress> redisAddress() {
    return address(redisListener);
  }

  /** Where it listens for clients that speak memcached's protocols alone, if it does. */
  public Optional<InetSocketAddress> memcachedAddress() {
    return address(memcachedListener);
  }

  private static Optional<InetSocketAddress> address(@Nullable Channel listening) {
    return Optional.ofNullable(listening)
        .map(channel -> (InetSocketAddress) channel.localAddress());
  }

  /** Completed when a client wants the server to stop, which is up to its owner. */
  CompletableFuture<Void> stopRequested() {
    return status.stopRequested();
  }

  /**
   * Stops: accepts no more connections, answers what has been received, closes, and gives all
   * memory back. Returns how many connections had to be cut off because their peers had not taken
   * their replies within {@code timeout}.
   */
  public int drain(Duration timeout) throws InterruptedException {
    for (Channel channel : listeners()) {
      channel.close().await();
    }
    int cut = connections.drain(timeout);
    stop();
    return cut;
  }

  /** Stops at once. Replies that are on their way may be lost. */
  @Override
  public void close() {
    listeners().forEach(channel -> channel.close().awaitUninterruptibly());
    stop();
  }

  private @Nullable Channel listen(ServerSettings settings, OptionalInt port, PortDialects dialects)
      throws IOException {
    return port.isEmpty() ? null : listen(settings, port.getAsInt(), dialects);
  }

  private Channel listen(ServerSettings settings, int port, PortDialects dialects)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(settings.bind(), port);
    if (address.isUnresolved()) {
      throw new IOException(cannotListen(settings.bind(), port, "unknown address"));
    }
    var bound =
        settings
            .transport()
            .bootstrap()
            .group(loops)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(new ServerPipeline(settings, loopStates, connections, dialects))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      // What the operating system said, without the name of the call that it was said to.
      String said = String.valueOf(bound.cause().getMessage());
      String reason = said.substring(said.lastIndexOf(": ") + 1).strip().toLowerCase(Locale.ROOT);
      throw new IOException(cannotListen(settings.bind(), port, reason), bound.cause());
    }
    return bound.channel();
  }

  private static String cannotListen(String host, int port, String reason) {
    return "cannot listen on " + hostAndPort(host, port) + ": " + reason;
  }

  static String hostAndPort(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private List<Channel> listeners() {
    return Stream.of(listener, redisListener, memcachedListener).filter(Objects::nonNull).toList();
  }

  private void maintain() {
    try {
      store.maintain();
      status.sample();
    } catch (RuntimeException e) {
      logger.log(Level.ERROR, "maintenance failed; it will be tried again", e);
    }
  }

  /** Connections end before the loops that run them, and these before the store that they use. */
  private void stop() {
    if (stopped.getAndSet(true)) {
      return; // Memory is given back once.
    }
    maintenance.close();
    connections.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    for (Loop loop : loopStates.values()) {
      loop.inbox().release();
      loop.outbox().release();
    }
    store.close();
  }
}
