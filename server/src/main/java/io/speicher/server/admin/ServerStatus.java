package io.speicher.server.admin;

import io.speicher.dialect.Session;
import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.Counter;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import io.speicher.server.ServerSettings;
import io.speicher.server.command.CommandExecutor;
import io.speicher.server.command.Counts;
import io.speicher.server.command.LoopLocks;
import io.speicher.server.command.ServerControl;
import io.speicher.server.net.Connections;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The server as its commands see it: what it has counted, and its connections. Any thread. */
public final class ServerStatus implements ServerControl {
  private static final Counts NOTHING = new Counts();

  private static final Path STATUS = Path.of("/proc/self/stat");

  /** Where they stand behind the name of the program; see proc(5). */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  /** On every Linux there are a hundred in a second. */
  private static final long TICK_MICROS = 10_000;

  private static final Path MEMORY = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4_096;

  private final ServerSettings settings;
  private final Store store;
  private final Connections connections;
  private final ScheduledExecutorService maintenance;
  private final List<CommandExecutor> executors;
  private final long startedAtMillis;
  private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();

  private volatile int port;
  private volatile long peakBytes;
  private volatile long commandsPerSecond;

  // Only the thread that samples knows these.
  private long sampledNanos = System.nanoTime();
  private long sampledCommands;

  /** What the counters were when they were set to zero. */
  private volatile Counts countsBefore = new Counts();

  private @Nullable ScheduledFuture<?> waitingClear;

  public ServerStatus(
      ServerSettings settings,
      Store store,
      Connections connections,
      ScheduledExecutorService maintenance) {
    this.settings = settings;
    this.store = store;
    this.connections = connections;
    this.maintenance = maintenance;
    startedAtMillis = store.nowMillis();
    LoopLocks locks = new LoopLocks(settings.threads());
    executors =
        IntStream.range(0, settings.threads())
            .mapToObj(loop -> new CommandExecutor(store, this, locks, loop))
            .toList();
  }

  /** One for each event loop. */
  public List<CommandExecutor> executors() {
    return executors;
  }

  @Override
  public ServerStats stats() {
    StoreStats items = store.stats();
    return new ServerStats(
        counts().since(countsBefore),
        version(),
        startedAtMillis,
        store.nowMillis(),
        items.itemCount(),
        items.usedBytes(),
        items.budgetBytes(),
        items.evictedItemCount(),
        items.expiredItemCount(),
        residentBytes(),
        cpuMicros(USER_TICKS),
        cpuMicros(SYSTEM_TICKS),
        Math.max(peakBytes, items.usedBytes()),
        commandsPerSecond,
        connections.count(),
        connections.max(),
        settings.threads(),
        port,
        settings.limits().maxFrameBytes(),
        settings.limits().maxKeyBytes(),
        settings.idleTimeout().toMillis());
  }

  /** Where the server listens, once it does. */
  public void listensOn(int newPort) {
    port = newPort;
  }

  /** Looks at what changes. Called now and then, by one thread. */
  public void sample() {
    peakBytes = Math.max(peakBytes, store.stats().usedBytes());
    long nanos = System.nanoTime();
    long commands = counts().since(NOTHING).getOrDefault(Counter.COMMANDS, 0L);
    long passed = Math.max(1, nanos - sampledNanos);
    commandsPerSecond = (commands - sampledCommands) * TimeUnit.SECONDS.toNanos(1) / passed;
    sampledNanos = nanos;
    sampledCommands = commands;
  }

  @Override
  public void resetCounts() {
    countsBefore = counts();
  }

  private Counts counts() {
    Counts sums = new Counts();
    executors.forEach(executor -> sums.addAll(executor.counts()));
    return sums;
  }

  @Override
  public int maxValueBytes() {
    return settings.limits().maxFrameBytes();
  }

  /** Clears the store, now or later; what was to be later before is forgotten. */
  @Override
  public synchronized void clear(long delayMillis) {
    if (waitingClear != null) {
      waitingClear.cancel(false);
    }
    if (delayMillis <= 0) {
      store.clear();
    } else {
      waitingClear = maintenance.schedule(store::clear, delayMillis, TimeUnit.MILLISECONDS);
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
  public Reply connections(ConnectionFilter filter, Session asking) {
    return new Reply.Connections(connections.list(filter, asking));
  }

  @Override
  public Reply close(ConnectionFilter filter, Session asking) {
    return new Reply.Count(connections.close(filter, asking));
  }

  private static String version() {
    String version = ServerStatus.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }

  /** Linux says it; elsewhere it is 0. */
  private static long cpuMicros(int field) {
    try {
      String status = Files.readString(STATUS);
      String behindName = status.substring(status.lastIndexOf(')') + 2);
      return Long.parseLong(behindName.split(" ", SYSTEM_TICKS + 2)[field]) * TICK_MICROS;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Linux says it; elsewhere it is 0. */
  private static long residentBytes() {
    try {
      String[] pages = Files.readString(MEMORY).split(" ", 3);
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException e) {
      return 0;
    }
  }
}
