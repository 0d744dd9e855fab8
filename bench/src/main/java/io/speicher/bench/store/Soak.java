package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Everything that can be done to a store, all at once, for as long as it is asked to; whatever is
 * read is checked, and the memory of the process is watched.
 *
 * <p>The keys in use grow from a tenth to all of them in the first half of the time, and the values
 * are so long that all of them would take half as much again as the budget.
 */
final class Soak {
  private static final int STEPS = 64;
  private static final long WATCH_MILLIS = 200;
  private static final long MAINTENANCE_MILLIS = 500;
  private static final long SCAN_MILLIS = 1_000;
  private static final long CLEAR_MILLIS = 45_000;
  private static final long VERIFY_MILLIS = 60_000;

  private final Store store;
  private final long budgetBytes;
  private final long allowanceBytes;
  private final int keys;
  private final long beganNanos = System.nanoTime();
  private final long nanos;
  private final SoakRecord record;
  private final List<SoakThread> workers = new ArrayList<>();
  private final SoakScanner scanner;
  private final List<Thread> threads = new ArrayList<>();

  /** Whoever uses the store holds the reading side; the other side means that nobody does. */
  private final ReadWriteLock use = new ReentrantReadWriteLock(true);

  private volatile boolean ended;
  private long verifications;
  private long clears;
  private StoreStats last;

  private Soak(
      Store store,
      long budgetBytes,
      long allowanceBytes,
      int keys,
      int owners,
      long nanos,
      long seed) {
    this.store = store;
    this.budgetBytes = budgetBytes;
    this.allowanceBytes = allowanceBytes;
    this.keys = keys;
    this.nanos = nanos;
    record = new SoakRecord(keys, owners);
    SoakCounters counters = new SoakCounters(store, record, keys);
    scanner = new SoakScanner(store, record, keys, seed);
    last = store.stats();
    long meanBytes = 2 * budgetBytes / keys;
    int maxChunks = (int) Math.max(4, 2 * meanBytes / SoakValue.chunkBytes(8));
    for (int owner = 0; owner < owners; owner++) {
      workers.add(
          new SoakThread(
              store, record, counters, owner, owners, this::keysInUse, maxChunks, seed + owner));
    }
  }

  /** Returns whether there was no fault. */
  static boolean run(Arguments arguments) throws InterruptedException {
    long seconds = arguments.number("seconds", 60 * arguments.number("minutes", 10));
    long seed = arguments.number("seed", ThreadLocalRandom.current().nextInt(1_000_000));
    long budgetBytes = arguments.bytes("budget", "1gb");
    int keys = (int) arguments.number("keys", 400_000);
    int owners = (int) arguments.number("threads", 4);
    long allowanceBytes = arguments.bytes("allowance", Long.toString(Memory.ALLOWANCE_BYTES));
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    out.printf(
        "soak: seconds=%d seed=%d budget=%dmb keys=%d threads=%d%n%n",
        seconds, seed, budgetBytes >> 20, keys, owners);
    Store store = Stores.open(budgetBytes);
    Soak soak =
        new Soak(
            store,
            budgetBytes,
            allowanceBytes,
            keys / owners * owners,
            owners,
            TimeUnit.SECONDS.toNanos(seconds),
            seed);
    soak.work();
    soak.finish();
    soak.print();
    store.close();
    return soak.record.faults() == 0;
  }

  private int keysInUse() {
    double passed = (double) (System.nanoTime() - beganNanos) / nanos;
    return (int) (keys * Math.clamp(0.1 + 2 * passed, 0.1, 1));
  }

  private void work() throws InterruptedException {
    for (SoakThread worker : workers) {
      start(
          "worker",
          0,
          () -> {
            for (int i = 0; i < STEPS; i++) {
              worker.step();
            }
          });
    }
    start("scanner", SCAN_MILLIS, scanner::step);
    start("maintenance", MAINTENANCE_MILLIS, store::maintain);
    Thread watch = Thread.ofPlatform().name("watch").start(this::watch);
    Progress progress = new Progress("soaking, seconds", TimeUnit.NANOSECONDS.toSeconds(nanos));
    long clearMillis = Math.min(CLEAR_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos) / 4);
    long verifyMillis = Math.min(VERIFY_MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos) / 3);
    long nextClear = clearMillis;
    long nextVerification = verifyMillis;
    for (long passed = 0; passed < nanos && !ended; passed = System.nanoTime() - beganNanos) {
      Thread.sleep(100);
      progress.show(TimeUnit.NANOSECONDS.toSeconds(passed));
      long millis = TimeUnit.NANOSECONDS.toMillis(passed);
      if (millis >= nextClear) {
        nextClear = millis + clearMillis;
        record.clear(store::clear);
        clears++;
      }
      if (millis >= nextVerification) {
        nextVerification = millis + verifyMillis;
        verifyAlone();
      }
    }
    ended = true;
    for (Thread thread : threads) {
      thread.join();
    }
    watch.join();
    progress.end();
  }

  /** Lets a thread do the same until the end, with a pause after each time. */
  private void start(String name, long pauseMillis, Runnable task) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              try {
                while (!ended) {
                  use.readLock().lock();
                  try {
                    task.run();
                  } finally {
                    use.readLock().unlock();
                  }
                  if (pauseMillis > 0) {
                    Thread.sleep(pauseMillis);
                  }
                }
              } catch (RuntimeException | Error | InterruptedException e) {
                failed(name, e);
              }
            }));
  }

  private void failed(String name, Throwable e) {
    e.printStackTrace();
    record.fault(name + " failed: " + e);
    ended = true;
  }

  private void verifyAlone() {
    use.writeLock().lock();
    try {
      Stores.verify(store);
      verifications++;
    } catch (RuntimeException | Error e) {
      failed("verification", e);
    } finally {
      use.writeLock().unlock();
    }
  }

  private void watch() {
    long limitBytes = budgetBytes + allowanceBytes;
    boolean within = true;
    while (!ended) {
      try {
        Thread.sleep(WATCH_MILLIS);
      } catch (InterruptedException e) {
        failed("watch", e);
      }
      StoreStats stats = store.stats();
      if (stats.usedBytes() > budgetBytes) {
        record.fault("budget exceeded: usedBytes=" + stats.usedBytes());
      }
      if (within && Machine.residentBytes() > limitBytes) {
        within = false; // Once is enough.
        record.fault("too much memory: residentBytes=" + Machine.residentBytes());
      }
    }
  }

  /** Looks at everything once more, and at the store when it is empty. */
  private void finish() {
    verifyAlone();
    last = store.stats();
    for (int index = 0; index < keys; index++) {
      workers.getFirst().get(index);
    }
    store.clear();
    if (store.stats().itemCount() != 0) {
      record.fault("items left after clear: itemCount=" + store.stats().itemCount());
    }
    verifyAlone();
  }

  private void print() {
    double seconds = (System.nanoTime() - beganNanos) / 1e9;
    out.printf("%-20s %16s %12s%n", "operation", "count", "per second");
    for (SoakOperation operation : SoakOperation.values()) {
      long count = workers.stream().mapToLong(worker -> worker.operations(operation)).sum();
      print(operation.name().toLowerCase(Locale.ROOT).replace('_', ' '), count, seconds);
    }
    print("scan of all keys", scanner.scans(), seconds);
    print("clear", clears, seconds);
    print("verification", verifications, seconds);
    print("evicted", last.evictedItemCount(), seconds);
    print("expired", last.expiredItemCount(), seconds);
    out.printf(
        "%n%,d items, %,d MB of %,d MB used, peak RSS %,d MB, margin %,d MB%n",
        last.itemCount(),
        last.usedBytes() >> 20,
        budgetBytes >> 20,
        Machine.peakResidentBytes() >> 20,
        (budgetBytes + allowanceBytes - Machine.peakResidentBytes()) >> 20);
    out.printf(
        "verdict: %s, faults=%d%n", record.faults() == 0 ? "sound" : "FAULTY", record.faults());
  }

  private static void print(String what, long count, double seconds) {
    out.printf("%-20s %,16d %,12.0f%n", what, count, count / seconds);
  }
}
