package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * What an item takes of the budget beyond its key and value, and what the process takes beyond the
 * budget. Each line is a process of its own.
 *
 * <p>The first figure is of the moment when the store is full: the last count of items before
 * something was evicted. The second is the lowest count while as many items again are put.
 */
final class Memory {
  /** What a process may have in memory beyond its budget. */
  static final long ALLOWANCE_BYTES = 150L << 20;

  private Memory() {}

  static void measure(Arguments arguments) throws IOException, InterruptedException {
    String[] budgets =
        arguments.words().isEmpty()
            ? new String[] {"256mb", "4gb"}
            : arguments.words().toArray(String[]::new);
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    out.println("bytes beyond key (16 bytes) and value, and MB in memory beside budget + 150 MB");
    out.printf(
        "%8s %6s %6s  %12s %8s  %12s %8s  %7s  %8s %8s %8s%n",
        "budget",
        "value",
        "ttl",
        "items, full",
        "beyond",
        "later",
        "beyond",
        "used",
        "RSS",
        "peak",
        "margin");
    out.printf(
        "%8s %6s %6s  %12s %8s  %12s %8s  %7s  %8s %8s %8s%n",
        "MB", "bytes", "s", "", "bytes", "", "bytes", "%", "MB", "MB", "MB");
    for (String budget : budgets) {
      for (int valueBytes : new int[] {32, 100}) {
        for (int ttlSeconds : new int[] {0, 3_600}) {
          StoreMeasurements.inOwnProcess(
              "memory-of", "budget=" + budget, "value=" + valueBytes, "ttl=" + ttlSeconds);
        }
      }
    }
  }

  static void measureOne(Arguments arguments) throws InterruptedException {
    long budgetBytes = arguments.bytes("budget", "256mb");
    int valueBytes = (int) arguments.number("value", 32);
    long ttlSeconds = arguments.number("ttl", 0);
    arguments.requireNoOthers();
    Store store = Stores.open(budgetBytes);
    long expiresAtMillis =
        ttlSeconds == 0 ? Item.NEVER : store.nowMillis() + TimeUnit.SECONDS.toMillis(ttlSeconds);
    PutOptions options = PutOptions.DEFAULT.withExpiresAtMillis(expiresAtMillis);
    try (Maintenance _ = Maintenance.start(store)) {
      Filling filling = new Filling(store, 0, valueBytes, _ -> options);
      long full = fill(store, filling);
      long later = fillAgain(store, filling);
      out.printf(
          "%,8d %,6d %,6d  %,12d %8.1f  %,12d %8.1f  %7.1f  %,8d %,8d %,8d%n",
          budgetBytes >> 20,
          valueBytes,
          ttlSeconds,
          full,
          (double) budgetBytes / full - Keys.KEY_BYTES - valueBytes,
          later,
          (double) budgetBytes / later - Keys.KEY_BYTES - valueBytes,
          100.0 * store.stats().usedBytes() / budgetBytes,
          Machine.residentBytes() >> 20,
          Machine.peakResidentBytes() >> 20,
          (budgetBytes + ALLOWANCE_BYTES - Machine.peakResidentBytes()) >> 20);
    }
    store.close();
  }

  /** Returns how many items there were before the first was evicted. */
  private static long fill(Store store, Filling filling) {
    Progress progress = new Progress("bytes used", store.stats().budgetBytes());
    long items = 0;
    while (true) {
      filling.batch(Long.MAX_VALUE);
      var stats = store.stats();
      if (stats.evictedItemCount() > 0) {
        progress.end();
        return items;
      }
      items = stats.itemCount();
      progress.show(stats.usedBytes());
    }
  }

  /** Puts as many items again, and returns the lowest count of items meanwhile. */
  private static long fillAgain(Store store, Filling filling) {
    long end = 2 * filling.next();
    Progress progress = new Progress("putting items", end);
    long lowest = Long.MAX_VALUE;
    while (filling.next() < end) {
      filling.batch(end);
      lowest = Math.min(lowest, store.stats().itemCount());
      progress.show(filling.next());
    }
    progress.end();
    return lowest;
  }
}
