package io.speicher.server.admin;

import io.speicher.dialect.Account;
import io.speicher.dialect.Session;
import io.speicher.dialect.User;
import io.speicher.protocol.BigKeys;
import io.speicher.protocol.BigKeys.BigKey;
import io.speicher.protocol.Command;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.ConnectionInfo;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.HotKey;
import io.speicher.protocol.Limits;
import io.speicher.protocol.Metric;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.Reply;
import io.speicher.protocol.Reply.Denied;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SettingValue;
import io.speicher.protocol.UserRequest;
import io.speicher.server.command.Changes;
import io.speicher.server.command.Cluster;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.command.CommandStats;
import io.speicher.server.command.Counts;
import io.speicher.server.command.Databases;
import io.speicher.server.command.Dates;
import io.speicher.server.command.HotKeys;
import io.speicher.server.command.ItemCommands;
import io.speicher.server.command.LatencyEvents;
import io.speicher.server.command.LoopLocks;
import io.speicher.server.command.NamespaceRequests;
import io.speicher.server.command.ServerControl;
import io.speicher.server.command.SlowLog;
import io.speicher.server.net.Connections;
import io.speicher.server.security.Authenticator;
import io.speicher.server.security.Denials;
import io.speicher.server.security.UserDirectory;
import io.speicher.store.HitRatioCurve;
import io.speicher.store.LargestItems;
import io.speicher.store.Opening;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import io.speicher.store.SyncStats;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The server as its commands see it: what it has counted, and its connections. Any thread. */
public final class ServerStatus implements ServerControl {
  private static final Counts NOTHING = new Counts();

  private final Limits limits;
  private final Store store;
  private final Databases databases;
  private final InstantSource wallClock;
  private final ProcessUsage usage = new ProcessUsage();
  private final Account account;
  private final Connections connections;
  private final ScheduledExecutorService maintenance;
  private final UserDirectory users;
  private final Authenticator authenticator;
  private final Denials denials;
  private final SlowLog slowLog;
  private final @Nullable Cluster cluster;
  private final HotKeys hotKeys = new HotKeys();
  private final LatencyEvents latencyEvents;
  private final Changes changes;
  private final Dates dates;
  private final List<CommandExecutor> executors;
  private final long startedAtMillis;
  private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();

  private volatile int port;

  /** Why it is not to be sent requests, or null. */
  private volatile @Nullable String notReady;

  private volatile Function<Command.Configure, Reply> configure =
      wanted -> new Reply.Failed(Reply.UNAVAILABLE, "the server has not started");
  private volatile List<SettingValue> shownSettings = List.of();
  private volatile long peakBytes;
  private volatile long commandsPerSecond;

  // Only the thread that samples knows these.
  private long sampledNanos = System.nanoTime();
  private long sampledCommands;
  private long sampledGcMillis;
  private final StoreEvents storeEvents;

  /** Those that others wait for; the cycles of ZGC and Shenandoah go on beside them. */
  private final List<GarbageCollectorMXBean> collectors =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(collector -> !collector.getName().endsWith("Cycles"))
          .toList();

  /** What the counters were when they were set to zero. */
  private volatile Counts countsBefore = new Counts();

  private @Nullable ScheduledFuture<?> waitingClear;

  public ServerStatus(
      Limits limits,
      int threads,
      Store store,
      InstantSource wallClock,
      Account account,
      long trackingBytes,
      Connections connections,
      ScheduledExecutorService maintenance,
      UserDirectory users,
      Authenticator authenticator,
      SlowLog slowLog,
      @Nullable Cluster cluster) {
    this.limits = limits;
    this.store = store;
    this.wallClock = wallClock;
    this.account = account;
    this.connections = connections;
    this.maintenance = maintenance;
    this.users = users;
    this.authenticator = authenticator;
    denials = new Denials(wallClock);
    this.slowLog = slowLog;
    this.cluster = cluster;
    notReady = cluster == null ? "starting" : "joining its cluster";
    latencyEvents = new LatencyEvents(wallClock);
    storeEvents = new StoreEvents(store.stats());
    startedAtMillis = store.nowMillis();
    dates = new Dates(store, wallClock);
    changes = new Changes(store, account, trackingBytes);
    LoopLocks locks = new LoopLocks(threads);
    databases = new Databases(store);
    executors =
        IntStream.range(0, threads)
            .mapToObj(loop -> new CommandExecutor(databases, dates, this, locks, loop))
            .toList();
  }

  /** One for each event loop. */
  public List<CommandExecutor> executors() {
    return executors;
  }

  @Override
  public @Nullable Cluster cluster() {
    return cluster;
  }

  /** What executes commands on items that are in no store. */
  public ItemCommands newItemCommands() {
    return new ItemCommands(store, dates, this);
  }

  @Override
  public ServerStats stats() {
    Map<Metric, Long> numbers = new HashMap<>(counts().since(countsBefore));
    StoreStats items = store.stats();
    List<ServerStats.Database> perDatabase = databases();
    numbers.put(Gauge.ITEMS, sum(perDatabase, ServerStats.Database::items));
    numbers.put(Gauge.EXPIRING_ITEMS, sum(perDatabase, ServerStats.Database::expiringItems));
    numbers.put(Gauge.USED_BYTES, items.usedBytes());
    numbers.put(Gauge.PEAK_BYTES, Math.max(peakBytes, items.usedBytes()));
    numbers.put(Gauge.BUDGET_BYTES, items.budgetBytes());
    numbers.put(Gauge.EVICTED_ITEMS, items.evictedItemCount());
    numbers.put(Gauge.EXPIRED_ITEMS, items.expiredItemCount());
    numbers.put(Gauge.CONNECTION_BYTES, account.usedBytes());
    numbers.put(Gauge.CONNECTION_BUDGET_BYTES, account.limitBytes());
    store.opening().ifPresent(opening -> addOpening(numbers, opening));
    store.syncStats().ifPresent(stats -> addSync(numbers, stats, store.nowMillis()));
    ProcessUsage.Sample process = usage.now();
    numbers.put(Gauge.RESIDENT_BYTES, process.residentBytes());
    numbers.put(Gauge.USER_CPU, process.userCpuMicros());
    numbers.put(Gauge.SYSTEM_CPU, process.systemCpuMicros());
    numbers.put(Gauge.UPTIME, Math.max(0, store.nowMillis() - startedAtMillis));
    numbers.put(Gauge.COMMANDS_PER_SECOND, commandsPerSecond);
    numbers.put(Gauge.CONNECTIONS, (long) connections.count());
    numbers.put(Gauge.MAX_CONNECTIONS, (long) connections.max());
    numbers.put(Gauge.THREADS, (long) executors.size());
    numbers.put(Gauge.PORT, (long) port);
    numbers.put(Gauge.MAX_FRAME_BYTES, (long) limits.maxFrameBytes());
    numbers.put(Gauge.MAX_KEY_BYTES, (long) limits.maxKeyBytes());
    if (cluster != null) {
      numbers.putAll(cluster.gauges());
    }
    return new ServerStats(
        version(),
        wallClock.millis(),
        numbers,
        shownSettings,
        () -> CommandStats.sum(commandStats()),
        CommandStats.sumOfErrors(commandStats()),
        perDatabase,
        namespaces());
  }

  private static void addOpening(Map<Metric, Long> numbers, Opening opening) {
    numbers.put(Gauge.DURABLE, 1L);
    numbers.put(
        Gauge.ATTACHED,
        switch (opening.kind()) {
          case CREATED -> 0L;
          case STOPPED -> 1L;
          case KILLED -> 2L;
          case RESIZED -> 3L;
          case RECOVERED -> 4L;
        });
    numbers.put(Gauge.DROPPED_ITEMS, opening.dropped());
    numbers.put(Gauge.ATTACHED_ITEMS, opening.itemCount());
    numbers.put(Gauge.ATTACH_TIME, TimeUnit.NANOSECONDS.toMillis(opening.nanos()));
  }

  private static void addSync(Map<Metric, Long> numbers, SyncStats stats, long nowMillis) {
    numbers.put(Gauge.SYNC_INTERVAL, stats.intervalMillis());
    numbers.put(
        Gauge.SYNC_AGE, stats.lastMillis() == 0 ? 0 : Math.max(0, nowMillis - stats.lastMillis()));
    numbers.put(Gauge.SYNC_TIME, TimeUnit.NANOSECONDS.toMillis(stats.lastNanos()));
    numbers.put(Gauge.DIRTY_BYTES, stats.dirtyBytes());
    numbers.put(Gauge.FAILED_SYNCS, stats.failures());
    numbers.put(Gauge.EARLY_SEGMENTS, stats.earlySegments());
  }

  /** The databases that have items. */
  private List<ServerStats.Database> databases() {
    return IntStream.range(0, limits.databases())
        .mapToObj(number -> {
          Store database = databases.get(number);
          return new ServerStats.Database(
              number, database.itemCount(), database.expiringItemCount());
        })
        .filter(database -> database.items() > 0)
        .toList();
  }

  /** The namespaces that are declared, in the order of their prefixes. */
  List<NamespaceFigures> namespaces() {
    return NamespaceRequests.figures(store);
  }

  private static long sum(
      List<ServerStats.Database> databases, ToLongFunction<ServerStats.Database> number) {
    return databases.stream().mapToLong(number).sum();
  }

  /** Where the server listens, once it does, and with which settings. */
  public void listensOn(
      int newPort, List<SettingValue> settings, Function<Command.Configure, Reply> configuration) {
    port = newPort;
    shownSettings = settings;
    configure = configuration;
    notReady = null;
  }

  /** Shows other settings. */
  public void shows(List<SettingValue> settings) {
    shownSettings = settings;
  }

  @Override
  public Reply configure(Command.Configure wanted) {
    return configure.apply(wanted);
  }

  /** From now on nobody is to send it anything new. */
  public void stops() {
    notReady = "stopping";
  }

  /** Why nobody is to send it requests now, in a few words; null if it takes them. */
  @Nullable String notReady() {
    String why = notReady;
    if (why == null && cluster != null) {
      if (!cluster.isAvailable()) {
        return "not with a majority of its cluster";
      }
      if (cluster.isDraining()) {
        return "handing over what it owns";
      }
    }
    return why;
  }

  /** Looks at what changes. Called now and then, by one thread. */
  public void sample() {
    StoreStats items = store.stats();
    peakBytes = Math.max(peakBytes, items.usedBytes());
    storeEvents.sample(items);
    long nanos = System.nanoTime();
    long commands = counts().since(NOTHING).getOrDefault(Counter.COMMANDS, 0L);
    long passed = Math.max(1, nanos - sampledNanos);
    commandsPerSecond = (commands - sampledCommands) * TimeUnit.SECONDS.toNanos(1) / passed;
    sampledNanos = nanos;
    sampledCommands = commands;
    sampleGarbageCollection();
  }

  private void sampleGarbageCollection() {
    long millis = 0;
    for (GarbageCollectorMXBean collector : collectors) {
      millis += Math.max(0, collector.getCollectionTime());
    }
    if (millis > sampledGcMillis) {
      latencyEvents.add(LatencyEvents.GC, TimeUnit.MILLISECONDS.toNanos(millis - sampledGcMillis));
    }
    sampledGcMillis = millis;
  }

  private List<CommandStats> commandStats() {
    return executors.stream().map(CommandExecutor::commandStats).toList();
  }

  @Override
  public void resetCounts() {
    countsBefore = counts();
    executors.forEach(CommandExecutor::resetCommandStats);
    hotKeys.clear();
  }

  @Override
  public Reply.Inspected inspect() {
    return new Reply.Inspected(slowLog.all(), this::hotKeys, this::bigKeys, latencyEvents.all());
  }

  /** The hottest keys, so many at the most, within one of {@link HotKey#WINDOWS}. */
  List<HotKey> hotKeys(HotKey.Rank rank, Duration window, int limit) {
    return hotKeys.hottest(rank, window, limit);
  }

  /** The largest items, as of the store's last walk. */
  BigKeys bigKeys() {
    LargestItems largest = store.largestItems();
    return new BigKeys(
        largest.items().stream()
            .map(item ->
                new BigKey(
                    StandardCharsets.ISO_8859_1.decode(item.key().duplicate()).toString(),
                    item.keyBytes(),
                    item.bytes()))
            .toList(),
        largest.endedMillis() == 0 ? 0 : dates.toDateMillis(largest.endedMillis()),
        largest.walkMillis());
  }

  /** What the hit ratio would be with less or more memory. */
  HitRatioCurve hitRatioCurve() {
    return store.hitRatioCurve();
  }

  @Override
  public SlowLog slowLog() {
    return slowLog;
  }

  @Override
  public HotKeys hotKeys() {
    return hotKeys;
  }

  @Override
  public Changes changes() {
    return changes;
  }

  @Override
  public boolean hasConnection(long id) {
    return connections.has(id);
  }

  @Override
  public LatencyEvents latencyEvents() {
    return latencyEvents;
  }

  private Counts counts() {
    Counts sums = new Counts();
    executors.forEach(executor -> sums.addAll(executor.counts()));
    return sums;
  }

  @Override
  public int maxValueBytes() {
    return limits.maxFrameBytes();
  }

  @Override
  public User firstUser() {
    return users.first();
  }

  @Override
  public User certifiedUser(List<String> names) {
    return users.ofCertificate(names);
  }

  @Override
  public @Nullable User user(String name) {
    return users.find(name);
  }

  @Override
  public boolean has(User user) {
    return users.has(user);
  }

  @Override
  public CompletableFuture<Optional<User>> verify(
      String name, ByteBuffer password, @Nullable InetAddress from) {
    return authenticator.verify(name, password, from);
  }

  @Override
  public CompletableFuture<Reply> manage(UserRequest request, Session asking) {
    return switch (request) {
      case UserRequest.ListDenials list ->
          CompletableFuture.completedFuture(
              new Reply.Denials(denials.last(list.max()), wallClock.millis()));
      case UserRequest.ForgetDenials _ -> {
        denials.clear();
        yield CompletableFuture.completedFuture(Reply.Done.DONE);
      }
      default -> users.answer(request, asking);
    };
  }

  @Override
  public void denied(
      Session peer, String user, Denied why, String command, @Nullable ByteBuffer key) {
    denials.add(
        why,
        peer.queued() != null,
        key == null ? command : StandardCharsets.ISO_8859_1.decode(key.duplicate()).toString(),
        user,
        () -> info(peer));
  }

  private @Nullable ConnectionInfo info(Session peer) {
    Iterator<ConnectionInfo> itself = connections.list(ConnectionFilter.SELF, peer);
    return itself.hasNext() ? itself.next() : null;
  }

  @Override
  public void audit(Session peer, String command) {
    users.audit(peer, command);
  }

  /** Somebody has had something done over HTTP that concerns the server, or others. */
  void audit(User user, @Nullable InetAddress from, String command) {
    users.audit(user.name(), from, command);
  }

  /** Clears all databases; of a cluster, a moment later. */
  void clear() {
    clear(cluster == null ? store::clearAll : cluster::clear, 0);
  }

  @Override
  public synchronized void clear(Runnable clear, long delayMillis) {
    if (waitingClear != null) {
      waitingClear.cancel(false);
    }
    if (delayMillis <= 0) {
      clear.run();
    } else {
      waitingClear = maintenance.schedule(clear, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Completed when a client wants the server to stop. */
  public CompletableFuture<Void> stopRequested() {
    return stopRequested;
  }

  @Override
  public void stop() {
    stopRequested.complete(null);
  }

  @Override
  public Iterator<ConnectionInfo> connections(ConnectionFilter filter, Session asking) {
    return connections.list(filter, asking);
  }

  @Override
  public Reply close(ConnectionFilter filter, Session asking) {
    String user = filter.user();
    if (user != null && users.find(user) == null) {
      return new Reply.Refused(Reply.BAD_REQUEST, "ERR No such user '" + user + "'");
    }
    return new Reply.Count(connections.close(filter, asking));
  }

  /** Closes a connection, or returns false if there is none with this id. */
  boolean close(long id) {
    ConnectionFilter filter =
        new ConnectionFilter(Set.of(id), null, null, null, 0, ConnectionFilter.Self.INCLUDED);
    return connections.close(filter, null) > 0;
  }

  /** What the server was told. */
  List<SettingValue> settings() {
    return shownSettings;
  }

  /** All connections, each looked at when it is its turn. */
  Iterator<ConnectionInfo> connections() {
    return connections.list(ConnectionFilter.ALL, null);
  }

  private static String version() {
    String version = ServerStatus.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }
}
