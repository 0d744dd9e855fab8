package io.speicher.server;

import io.speicher.protocol.ConnectionFilter;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
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
final class ServerStatus {
  private static final Path MEMORY = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4_096;

  private final ServerSettings settings;
  private final Store store;
  private final Connections connections;
  private final ScheduledExecutorService maintenance;
  private final List<CommandExecutor> executors;
  private final long startedAtMillis;
  private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();

  /** What the counters were when they were set to zero. */
  private volatile Counts countsBefore = new Counts();

  private @Nullable ScheduledFuture<?> waitingClear;

  ServerStatus(
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
  List<CommandExecutor> executors() {
    return executors;
  }

  ServerStats stats() {
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
        ProcessHandle.current()
            .info()
            .totalCpuDuration()
            .map(cpu -> cpu.toNanos() / 1_000)
            .orElse(0L),
        connections.count(),
        connections.max(),
        settings.threads(),
        settings.port(),
        settings.limits().maxFrameBytes(),
        settings.limits().maxKeyBytes(),
        settings.idleTimeout().toMillis());
  }

  void resetCounts() {
    countsBefore = counts();
  }

  private Counts counts() {
    Counts sums = new Counts();
    executors.forEach(executor -> sums.addAll(executor.counts()));
    return sums;
  }

  int maxValueBytes() {
    return settings.limits().maxFrameBytes();
  }

  /** Clears the store, now or later; what was to be later before is forgotten. */
  synchronized void clear(long delayMillis) {
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
  CompletableFuture<Void> stopRequested() {
    return stopRequested;
  }

  void stop() {
    stopRequested.complete(null);
  }

  Reply connections(ConnectionFilter filter, Connection asking) {
    return new Reply.Connections(
        matching(filter, asking).map(connection -> connection.info(asking)).toList());
  }

  /** The one that asks is answered before it ends. */
  Reply close(ConnectionFilter filter, Connection asking) {
    List<Connection> closing = matching(filter, asking).toList();
    for (Connection connection : closing) {
      if (connection == asking) {
        connection.finish();
      } else {
        connection.kill();
      }
    }
    return new Reply.Count(closing.size());
  }

  private Stream<Connection> matching(ConnectionFilter filter, Connection asking) {
    return connections.all().stream().filter(connection -> filter.matches(connection.info(asking)));
  }

  private static String version() {
    String version = ServerStatus.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
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
