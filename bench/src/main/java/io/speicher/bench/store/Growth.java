package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The longest single operation while a store grows, beside what the machine itself does to a thread
 * that does about the same memory work without a store.
 *
 * <p>One thread takes turns: a slice of puts of new items, each followed by a get of a random one,
 * and a slice of the other work, equally long. For each long operation it says what else happened
 * since its slice began: whether the thread lost its processor, other machines took it, or the heap
 * was collected. Its own time is what is left when all time is taken off that the thread did not
 * run in the slice, so at least that much was work.
 */
final class Growth {
  private static final int VALUE_BYTES = 32;
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int MEMORY_WORK_BYTES = 512 << 20;
  private static final int SHOWN = 15;
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

  /** What a slow operation may be owed to, as counted from the start of the JVM. */
  private record Conditions(
      long nanos, long cpuNanos, long involuntarySwitches, long stolenTicks, long collections) {
    static Conditions now() {
      return new Conditions(
          System.nanoTime(),
          Machine.threadCpuNanos(),
          Machine.involuntarySwitches(),
          Machine.stolenTicks(),
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionCount)
              .sum());
    }

    Conditions since(Conditions earlier) {
      return new Conditions(
          nanos - earlier.nanos,
          cpuNanos - earlier.cpuNanos,
          involuntarySwitches - earlier.involuntarySwitches,
          stolenTicks - earlier.stolenTicks,
          collections - earlier.collections);
    }
  }

  /** An operation that took long. */
  private record Slow(String name, long nanos, long items, Conditions meanwhile) {
    /** What it took of the processor at least: when the thread did not run is left out. */
    long ownNanos() {
      return Math.max(0, nanos - (meanwhile.nanos - meanwhile.cpuNanos));
    }

    boolean ofMemoryAlone() {
      return name.startsWith("memory");
    }
  }

  private final Store store;
  private final long items;
  private final MemoryWork memory = new MemoryWork(MEMORY_WORK_BYTES);
  private final XorShift random = new XorShift(1);
  private final Keys keys = new Keys();
  private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
  private final Histogram puts = histogram();
  private final Histogram gets = histogram();
  private final Histogram memoryPuts = histogram();
  private final Histogram memoryGets = histogram();
  private final List<Slow> slow = new ArrayList<>();
  private long next;
  private Conditions sliceBegan = Conditions.now();

  private Growth(Store store, long items) {
    this.store = store;
    this.items = items;
  }

  static void measure(Arguments arguments) throws InterruptedException {
    long items = arguments.number("items", 20_000_000);
    long budgetBytes = arguments.bytes("budget", Long.toString(items * 128 + (64 << 20)));
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    warmUp();
    Store store = Stores.open(budgetBytes);
    try (Maintenance maintenance = Maintenance.start(store)) {
      Growth growth = new Growth(store, items);
      growth.run();
      growth.print();
      out.printf("longest maintenance: %.2f ms%n", maintenance.longestNanos() / 1e6);
    }
    store.close();
  }

  /** Leaves the compilers nothing to do later. */
  private static void warmUp() {
    try (Store store = Stores.open(256 << 20)) {
      new Growth(store, 1_000_000).run();
    }
  }

  private void run() {
    Progress progress = new Progress("growing, items", items);
    while (next < items) {
      storeSlice();
      memorySlice();
      progress.show(next);
    }
    progress.end();
  }

  private void storeSlice() {
    sliceBegan = Conditions.now();
    long end = System.nanoTime() + SLICE_NANOS;
    long before = System.nanoTime();
    while (before < end && next < items) {
      store.put(keys.key(next++), value, PutOptions.DEFAULT);
      long between = System.nanoTime();
      store.get(keys.key(random.below(next)), this::copy);
      long after = System.nanoTime();
      record("put", puts, between - before);
      record("get", gets, after - between);
      before = System.nanoTime();
    }
  }

  private void memorySlice() {
    sliceBegan = Conditions.now();
    long end = System.nanoTime() + SLICE_NANOS;
    long before = System.nanoTime();
    while (before < end) {
      memory.put(random);
      long between = System.nanoTime();
      memory.get(random);
      long after = System.nanoTime();
      record("memory alone, put", memoryPuts, between - before);
      record("memory alone, get", memoryGets, after - between);
      before = System.nanoTime();
    }
  }

  private void copy(Item item) {
    value.clear().put(item.value()).flip();
  }

  /** To one percent; small, so that it takes little of the processor's caches. */
  private static Histogram histogram() {
    return new Histogram(1, LONGEST_NANOS, 2);
  }

  private static boolean isLong(long nanos) {
    return nanos > LONG_NANOS;
  }

  private void record(String name, Histogram histogram, long nanos) {
    histogram.recordValue(nanos);
    if (isLong(nanos)) {
      Conditions now = Conditions.now();
      slow.add(new Slow(name, nanos, next, now.since(sliceBegan)));
      sliceBegan = now;
    }
  }

  private void print() {
    out.printf(
        "grown to %,d items, %,d MB used, %,d evicted, RSS %,d MB%n%n",
        store.stats().itemCount(),
        store.stats().usedBytes() >> 20,
        store.stats().evictedItemCount(),
        Machine.residentBytes() >> 20);
    out.println("time of a single operation in µs");
    out.printf(
        "%-18s %12s %8s %8s %8s %8s %10s %8s%n",
        "operation", "count", "p50", "p99", "p99.9", "p99.99", "max", "> 1 ms");
    print("put", puts);
    print("get", gets);
    print("memory alone, put", memoryPuts);
    print("memory alone, get", memoryGets);
    out.printf(
        "%nabove 1 ms of processor time: store %,d, memory alone %,d%n", own(false), own(true));
    out.printf(
        "%n%-18s %10s %12s %8s %9s %10s %11s%n",
        "slowest", "ms", "at items", "own, ms", "switches", "steal, ms", "collections");
    slow.stream()
        .sorted(Comparator.comparingLong(Slow::nanos).reversed())
        .limit(SHOWN)
        .forEach(s ->
            out.printf(
                "%-18s %10.2f %,12d %8.2f %,9d %,10d %,11d%n",
                s.name,
                s.nanos / 1e6,
                s.items,
                s.ownNanos() / 1e6,
                s.meanwhile.involuntarySwitches,
                s.meanwhile.stolenTicks * 10,
                s.meanwhile.collections));
  }

  private long own(boolean ofMemoryAlone) {
    return slow.stream()
        .filter(s -> s.ofMemoryAlone() == ofMemoryAlone && isLong(s.ownNanos()))
        .count();
  }

  private void print(String name, Histogram times) {
    out.printf(
        "%-18s %,12d %8.2f %8.2f %8.2f %8.2f %10.2f %,8d%n",
        name,
        times.getTotalCount(),
        times.getValueAtPercentile(50) / 1e3,
        times.getValueAtPercentile(99) / 1e3,
        times.getValueAtPercentile(99.9) / 1e3,
        times.getValueAtPercentile(99.99) / 1e3,
        times.getMaxValue() / 1e3,
        slow.stream().filter(s -> s.name.equals(name)).count());
  }
}
