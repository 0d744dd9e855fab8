package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.store.PutOptions;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a store takes whose items are overwritten at random as fast as one thread can: memory beside
 * what is alive, CPU time from the first second on, and how many bytes the store itself writes for
 * each byte that is put. In the end every second item is deleted, and memory is looked at again ten
 * seconds later.
 *
 * <p>Each line is a process of its own. The CPU time is that of the process, maintenance included.
 */
final class Overwriting {
  private static final int BATCH = 1 << 12;
  private static final int WARM_ITEMS = 200_000;
  private static final int WARM_ROUNDS = 20;
  private static final int FIRST_SECONDS = 10;

  /** What an item of the table of fills takes of the budget, its slot included. */
  private static final int FILL_VALUE_BYTES = 100;

  private static final double FILL_ITEM_BYTES = Keys.KEY_BYTES + FILL_VALUE_BYTES + 14.3;

  private final SegmentStore store;
  private final long items;
  private final int minValueBytes;
  private final int maxValueBytes;
  private final long ttlMillis;
  private final Keys keys = new Keys();
  private final XorShift random = new XorShift(1);
  private final ByteBuffer value;
  private long putBytes;

  private Overwriting(
      SegmentStore store, long items, int minValueBytes, int maxValueBytes, long ttlMillis) {
    this.store = store;
    this.items = items;
    this.minValueBytes = minValueBytes;
    this.maxValueBytes = maxValueBytes;
    this.ttlMillis = ttlMillis;
    value = ByteBuffer.allocateDirect(maxValueBytes);
  }

  static void measure(Arguments arguments) throws IOException, InterruptedException {
    String seconds = "seconds=" + arguments.number("seconds", 60);
    String items = "items=" + arguments.number("items", 1_000_000);
    String budget = "budget=" + arguments.bytes("budget", "4gb");
    String fillBudget = "budget=" + arguments.bytes("fillbudget", "1gb");
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    out.println("keys of 16 bytes; live is keys and values, resident is beyond the empty store");
    printHeading();
    StoreMeasurements.inOwnProcess("overwrite-of", budget, items, seconds, "min=100", "max=100");
    StoreMeasurements.inOwnProcess("overwrite-of", budget, items, seconds, "min=20", "max=2048");
    StoreMeasurements.inOwnProcess(
        "overwrite-of", budget, items, seconds, "min=100", "max=100", "ttl=5000");
    for (int percent : new int[] {10, 50, 90, 99}) {
      StoreMeasurements.inOwnProcess("overwrite-of", fillBudget, "fill=" + percent, seconds);
    }
  }

  private static void printHeading() {
    out.printf(
        "%6s %10s %12s %6s  %9s %9s %6s  %9s %9s %6s  %8s  %9s %6s%n",
        "budget",
        "items",
        "value",
        "ttl",
        "live",
        "resident",
        "ratio",
        "CPU, 10 s",
        "CPU later",
        "ratio",
        "written",
        "half gone",
        "ratio");
    out.printf(
        "%6s %10s %12s %6s  %9s %9s %6s  %9s %9s %6s  %8s  %9s %6s%n",
        "MB", "", "bytes", "ms", "MB", "MB", "", "ns / put", "ns / put", "", "/ put", "MB", "");
  }

  static void measureOne(Arguments arguments) throws InterruptedException {
    long budgetBytes = arguments.bytes("budget", "4gb");
    long fillPercent = arguments.number("fill", 0);
    long items =
        fillPercent == 0
            ? arguments.number("items", 1_000_000)
            : (long) (fillPercent / 100.0 * budgetBytes / FILL_ITEM_BYTES);
    int minValueBytes = (int) arguments.number("min", FILL_VALUE_BYTES);
    int maxValueBytes = (int) arguments.number("max", FILL_VALUE_BYTES);
    long ttlMillis = arguments.number("ttl", 0);
    long seconds = arguments.number("seconds", 60);
    arguments.requireNoOthers();
    warmUp(minValueBytes, maxValueBytes, ttlMillis);
    System.gc();
    SegmentStore store = new SegmentStore(budgetBytes, Ticker.system());
    try (Maintenance _ = Maintenance.start(store)) {
      new Overwriting(store, items, minValueBytes, maxValueBytes, ttlMillis)
          .run(seconds, budgetBytes);
    }
    store.close();
  }

  /** Leaves the compilers nothing to do later. */
  private static void warmUp(int minValueBytes, int maxValueBytes, long ttlMillis) {
    try (SegmentStore store = new SegmentStore(256 << 20, Ticker.system())) {
      Overwriting warming =
          new Overwriting(store, WARM_ITEMS, minValueBytes, maxValueBytes, ttlMillis);
      for (int i = 0; i < WARM_ROUNDS * WARM_ITEMS / BATCH; i++) {
        warming.putBatch();
        store.maintain();
      }
    }
  }

  private void run(long seconds, long budgetBytes) throws InterruptedException {
    long emptyBytes = Machine.residentBytes();
    List<double[]> perSecond = new ArrayList<>();
    long peakBytes = 0;
    Progress progress = new Progress("overwriting, seconds", seconds);
    for (int second = 0; second < seconds; second++) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      long cpuBefore = Machine.processCpuNanos();
      long puts = 0;
      while (System.nanoTime() < end) {
        putBatch();
        puts += BATCH;
      }
      perSecond.add(new double[] {Machine.processCpuNanos() - cpuBefore, puts});
      if (second >= seconds / 2) {
        peakBytes = Math.max(peakBytes, Machine.residentBytes() - emptyBytes);
      }
      progress.show(second);
    }
    progress.end();
    double written = 1 + (double) store.movedBytes() / putBytes;
    double first = cpuNanos(perSecond.subList(0, FIRST_SECONDS));
    double later = cpuNanos(perSecond.subList(FIRST_SECONDS, perSecond.size()));
    long live = store.stats().itemCount();
    double liveBytes = (double) live * (Keys.KEY_BYTES + (minValueBytes + maxValueBytes) / 2.0);
    double halfBytes = deleteHalf(liveBytes);
    long restBytes = Machine.residentBytes() - emptyBytes;
    out.printf(
        "%,6d %,10d %12s %6d  %,9.0f %,9d %6.2f  %,9.0f %,9.0f %6.2f  %8.2f  %,9d %6.2f%n",
        budgetBytes >> 20,
        live,
        minValueBytes == maxValueBytes
            ? Integer.toString(minValueBytes)
            : minValueBytes + " to " + maxValueBytes,
        ttlMillis,
        liveBytes / (1 << 20),
        peakBytes >> 20,
        peakBytes / liveBytes,
        first,
        later,
        first / later,
        written,
        restBytes >> 20,
        restBytes / halfBytes);
  }

  private static double cpuNanos(List<double[]> seconds) {
    return seconds.stream().mapToDouble(second -> second[0]).sum()
        / seconds.stream().mapToDouble(second -> second[1]).sum();
  }

  /** Returns how many bytes are left, ten seconds later. */
  private double deleteHalf(double liveBytes) throws InterruptedException {
    long before = store.stats().itemCount();
    for (long index = 0; index < items; index += 2) {
      store.delete(keys.key(index));
    }
    long left = store.stats().itemCount();
    TimeUnit.SECONDS.sleep(10);
    return liveBytes * left / before;
  }

  private void putBatch() {
    PutOptions options =
        ttlMillis == 0
            ? PutOptions.DEFAULT
            : PutOptions.DEFAULT.withExpiresAtMillis(store.nowMillis() + ttlMillis);
    for (int i = 0; i < BATCH; i++) {
      int valueBytes = minValueBytes + (int) random.below(maxValueBytes - minValueBytes + 1L);
      store.put(keys.key(random.below(items)), value.clear().limit(valueBytes), options);
      putBytes += Keys.KEY_BYTES + valueBytes;
    }
  }
}
