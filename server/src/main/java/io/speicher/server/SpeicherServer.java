package io.speicher.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.speicher.dialect.Account;
import io.speicher.server.admin.AdminPages;
import io.speicher.server.admin.ServerStatus;
import io.speicher.server.command.Cluster;
import io.speicher.server.command.LatencyEvents;
import io.speicher.server.command.LeaseWaits;
import io.speicher.server.command.NamespaceRequests;
import io.speicher.server.command.SlowLog;
import io.speicher.server.command.Tracking;
import io.speicher.server.http.HttpService;
import io.speicher.server.net.Connections;
import io.speicher.server.net.Network;
import io.speicher.server.net.PortDialects;
import io.speicher.server.net.SocketFile;
import io.speicher.server.security.Authenticator;
import io.speicher.server.security.Tls;
import io.speicher.server.security.TlsSettings;
import io.speicher.server.security.UserDirectory;
import io.speicher.store.Opening;
import io.speicher.store.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A running server: event loops that serve a port, or up to four, and a store.
 *
 * <p>Any thread may call any method. The server closes the store that it was given.
 */
public final class SpeicherServer implements AutoCloseable {
  private static final long MAINTENANCE_MILLIS = 500;

  private final Store store;
  private final @Nullable Cluster cluster;
  private final ScheduledExecutorService maintenance;
  private final UserDirectory users;
  private final Authenticator authenticator;
  private final ServerStatus status;
  private final @Nullable Tls tls;
  private final LiveSettings live;
  private final HttpService http;
  private final Network network;
  private final InetSocketAddress address;
  private final Optional<InetSocketAddress> redisAddress;
  private final Optional<InetSocketAddress> memcachedAddress;
  private final Optional<InetSocketAddress> httpAddress;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CompletableFuture<String> failed = new CompletableFuture<>();

  private SpeicherServer(
      ServerSettings settings, Store store, InstantSource wallClock, Account account)
      throws IOException {
    this.store = store;
    try {
      Optional<TlsSettings> said = settings.tls();
      tls = said.isEmpty() ? null : new Tls(said.get(), account);
      cluster = ClusterSettings.of(settings, tls).map(node -> node.create(store)).orElse(null);
      users = users(settings);
    } catch (IOException e) {
      store.close();
      throw e;
    }
    settings
        .get(ServerSettings.NAMESPACE)
        .forEach(namespace -> NamespaceRequests.create(namespace, store));
    maintenance = newMaintenance();
    authenticator = new Authenticator(users, settings.maxConnections());
    Connections connections = new Connections(settings.maxConnections());
    users.whenRemoved(connections::closeOf);
    SlowLog slowLog =
        new SlowLog(
            settings.get(ServerSettings.SLOWLOG_LOG_SLOWER_THAN),
            settings.get(ServerSettings.SLOWLOG_MAX_LEN),
            wallClock);
    status =
        new ServerStatus(
            settings.limits(),
            settings.threads(),
            store,
            wallClock,
            account,
            settings.trackingBytes(),
            connections,
            maintenance,
            users,
            authenticator,
            slowLog,
            cluster);
    AdminPages pages = new AdminPages(status);
    http =
        new HttpService(
            settings.get(ServerSettings.HTTP_HOSTS),
            authenticator,
            status::firstUser,
            pages.token(),
            pages.routes());
    network =
        new Network(
            status.executors(),
            settings.transport().ioHandlers(),
            settings.limits(),
            settings.idleTimeout(),
            account,
            connections,
            tls,
            http);
    network.whenLoopEnds(this::loopEnded);
    try {
      // First, since joining a cluster may take minutes, in which somebody may ask how it goes.
      httpAddress = listen(settings, settings.get(ServerSettings.HTTP_PORT), PortDialects.HTTP);
      if (cluster != null) {
        cluster.join(status::newItemCommands);
      }
      address = listen(settings, settings.port(), PortDialects.ANY);
      redisAddress = listen(settings, settings.redisPort(), PortDialects.REDIS);
      memcachedAddress = listen(settings, settings.memcachedPort(), PortDialects.MEMCACHED);
      Optional<SocketFile> socketFile = settings.socketFile();
      if (socketFile.isPresent()) {
        network.listen(settings.transport().bootstrap(socketFile.get()), socketFile.get());
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    live =
        new LiveSettings(
            settings.withPort(port()),
            changed -> {
              slowLog.limit(
                  changed.get(ServerSettings.SLOWLOG_LOG_SLOWER_THAN),
                  changed.get(ServerSettings.SLOWLOG_MAX_LEN));
              connections.limit(changed.maxConnections());
              network.closeIdle(changed.idleTimeout());
              changed.get(ServerSettings.LOG_LEVEL).apply();
              status.shows(changed.shown());
            });
    status.listensOn(port(), live.shown(), live::configure);
    pages.watch(network.loopThreads());
    Duties duties =
        new Duties()
            .add("expire items", this::maintain)
            .add("sample figures", status::sample)
            .add("tell of no changes", status.changes()::rest);
    if (tls != null) {
      duties.add("reload certificates", tls::reloadIfChanged);
    }
    if (settings.get(ServerSettings.USERS).isPresent()) {
      duties.add("reload users", users::reloadIfChanged);
    }
    maintenance.scheduleWithFixedDelay(
        duties, MAINTENANCE_MILLIS, MAINTENANCE_MILLIS, TimeUnit.MILLISECONDS);
    maintenance.scheduleAtFixedRate(
        new Duties().add("sample for the dashboard", pages::sample), 0, 1, TimeUnit.SECONDS);
    maintenance.schedule(new Duties().add("rehearse HTTP", http::rehearse), 1, TimeUnit.SECONDS);
  }

  private void maintain() {
    long startNanos = System.nanoTime();
    store.maintain();
    long nanos = System.nanoTime() - startNanos;
    if (nanos >= TimeUnit.MILLISECONDS.toNanos(MAINTENANCE_MILLIS)) { // It should have begun anew.
      status.latencyEvents().add(LatencyEvents.MAINTENANCE, nanos);
    }
  }

  private static UserDirectory users(ServerSettings settings) throws IOException {
    Optional<Path> file = settings.get(ServerSettings.USERS);
    if (file.isPresent()) {
      return UserDirectory.ofFile(file.get());
    }
    String password = settings.get(ServerSettings.PASSWORD);
    return password.isEmpty() ? UserDirectory.open() : UserDirectory.ofPassword(password);
  }

  /** What is cancelled leaves the queue at once, and what is to be done later dies with it. */
  private static ScheduledExecutorService newMaintenance() {
    ScheduledThreadPoolExecutor maintenance =
        new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("speicher-maintenance", true));
    maintenance.setRemoveOnCancelPolicy(true);
    maintenance.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return maintenance;
  }

  /** The reserve is enough for the largest request and a reply as long, if that much is there. */
  private static Account account(ServerSettings settings) {
    long limitBytes = settings.connectionMemoryBytes();
    long wantedBytes = 2L * settings.limits().maxFrameBytes() + (1 << 20);
    return new Account(limitBytes, Math.min(wantedBytes, limitBytes / 4 * 3));
  }

  /**
   * Starts a server on {@code store} and returns when it listens.
   *
   * @throws IOException if it cannot listen there; the store is closed
   */
  public static SpeicherServer start(ServerSettings settings, Store store) throws IOException {
    return start(settings, store, InstantSource.system());
  }

  /** The same where dates are by another clock than the machine's. */
  static SpeicherServer start(ServerSettings settings, Store store, InstantSource wallClock)
      throws IOException {
    return new SpeicherServer(settings, store, wallClock, account(settings));
  }

  /** The same where connections have this account. */
  static SpeicherServer start(ServerSettings settings, Store store, Account account)
      throws IOException {
    return new SpeicherServer(settings, store, InstantSource.system(), account);
  }

  private InetSocketAddress listen(ServerSettings settings, int port, PortDialects dialects)
      throws IOException {
    return network.listen(settings.transport().bootstrap(), settings.bind(), port, dialects);
  }

  private Optional<InetSocketAddress> listen(
      ServerSettings settings, OptionalInt port, PortDialects dialects) throws IOException {
    return port.isEmpty()
        ? Optional.empty()
        : Optional.of(listen(settings, port.getAsInt(), dialects));
  }

  /** Where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress address() {
    return address;
  }

  public int port() {
    return address.getPort();
  }

  /** Where it listens for clients that speak RESP alone, if it does. */
  public Optional<InetSocketAddress> redisAddress() {
    return redisAddress;
  }

  /** Where it listens for clients that speak memcached's protocols alone, if it does. */
  public Optional<InetSocketAddress> memcachedAddress() {
    return memcachedAddress;
  }

  /** Where it listens for HTTP alone, if it does. */
  public Optional<InetSocketAddress> httpAddress() {
    return httpAddress;
  }

  /** How many connections can be encrypted at a time; none where TLS is not spoken. */
  OptionalInt maxTlsConnections() {
    return tls == null ? OptionalInt.empty() : OptionalInt.of(tls.maxConnections());
  }

  /** How the store was opened, if it survives the process. */
  Optional<Opening> opening() {
    return store.opening();
  }

  /** Who waits for values that others compute. */
  LeaseWaits leaseWaits() {
    return status.changes().waits();
  }

  /** Who is told of changes. */
  Tracking tracking() {
    return status.changes().tracking();
  }

  /** Completed when a client wants the server to stop, which is up to its owner. */
  CompletableFuture<Void> stopRequested() {
    return status.stopRequested();
  }

  /**
   * Completed with the reason when the server cannot go on, though nobody stopped it. What is left
   * to do is to end the process: not even closing works any more.
   */
  CompletableFuture<String> failed() {
    return failed;
  }

  /**
   * Calls {@code isWell} again and again, on one of its threads, as long as maintenance goes on and
   * every event loop executes what it is given. Where one of them hangs, it calls no more.
   *
   * @param period how often; at most so late it notices
   */
  void watch(Duration period, Runnable isWell) {
    maintenance.scheduleAtFixedRate(
        () -> network.ask(isWell), 0, period.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether there are files that it reads again. */
  boolean hasFiles() {
    return tls != null || users.hasFile();
  }

  /** Reads its files again soon: certificates and keys, and users. */
  void reloadFiles() {
    if (tls != null) {
      maintenance.execute(tls::reload);
    }
    users.reload();
  }

  /** How long {@link #drain} should wait, as it is by now. */
  Duration drainTimeout() {
    return live.get(ServerSettings.DRAIN_TIMEOUT);
  }

  /** Only an {@code Error} in a loop itself ends it; errors in a task do not. */
  private void loopEnded() {
    if (!stopped.get()) {
      failed.complete("an event loop has ended");
    }
  }

  /**
   * Stops: accepts no more connections, answers what has been received, closes, and gives all
   * memory back. Returns how many connections had to be cut off because their peers had not taken
   * their replies within {@code timeout}.
   */
  public int drain(Duration timeout) throws InterruptedException {
    status.stops();
    network.stopListening();
    int cut = network.drain(timeout);
    close();
    return cut;
  }

  /** Stops at once. Replies that are on their way may be lost. */
  @Override
  public void close() {
    if (stopped.getAndSet(true)) {
      return; // Memory is given back once.
    }
    maintenance.close();
    network.close(); // Before the store that its loops use.
    if (cluster != null) {
      cluster.close();
    }
    if (tls != null) {
      tls.close();
    }
    http.close();
    authenticator.close();
    users.close();
    store.close();
  }
}
