package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Progress;
import io.speicher.bench.Rounds;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Whether the memory of expired items comes back, and what it costs to give it back, by the real
 * clock, with maintenance every 500 ms as in the server.
 *
 * <p>Every second item of an almost full store expires. Two seconds after the last has expired, as
 * many new items of the same size are put, and then more, until something is evicted. Memory that
 * came back is memory that new items really fit in.
 */
final class Expiry {
  private static final int VALUE_BYTES = 32;
  private static final PutOptions STAYS = PutOptions.DEFAULT;
  private static final long CALIBRATION_BYTES = 256 << 20;
  private static final long PROMISED_MILLIS = 2_000;

  private Expiry() {}

  static void measure(Arguments arguments) throws IOException, InterruptedException {
    String items = "items=" + arguments.number("items", 5_000_000);
    String seconds = "seconds=" + arguments.number("seconds", 5);
    long beside = arguments.number("beside", 5_000_000);
    long besideMore = arguments.number("more", 20_000_000);
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    StoreMeasurements.inOwnProcess("expiry-of", items, "from=10", "to=10");
    StoreMeasurements.inOwnProcess("expiry-of", items, "from=1", "to=60");
    out.println("CPU time of maintenance for a second, while 100,000 items a second expire");
    out.printf("%14s  %-26s %12s%n", "items beside", "ms", "longest, ms");
    StoreMeasurements.inOwnProcess("maintenance-of", "beside=" + beside, seconds);
    StoreMeasurements.inOwnProcess("maintenance-of", "beside=" + besideMore, seconds);
  }

  private static PutOptions ttl(Store store, long ttlMillis) {
    return STAYS.withExpiresAtMillis(store.nowMillis() + ttlMillis);
  }

  static void measureReuse(Arguments arguments) throws InterruptedException {
    long items = arguments.number("items", 5_000_000);
    long fromSeconds = arguments.number("from", 10);
    long toSeconds = arguments.number("to", 10);
    long filledPercent = arguments.number("filled", 97);
    arguments.requireNoOthers();
    double itemBytes = itemBytes();
    long budgetBytes = (long) (items * itemBytes * 100 / filledPercent);
    XorShift random = new XorShift(1);
    long spreadMillis = TimeUnit.SECONDS.toMillis(toSeconds - fromSeconds) + 1;
    Store store = Stores.open(budgetBytes);
    LongFunction<PutOptions> everySecondExpires =
        index ->
            expires(index)
                ? ttl(store, TimeUnit.SECONDS.toMillis(fromSeconds) + random.below(spreadMillis))
                : STAYS;
    try (Maintenance maintenance = Maintenance.start(store)) {
      Filling filling = new Filling(store, 0, VALUE_BYTES, everySecondExpires);
      filling.until(items);
      StoreStats filled = store.stats();
      out.printf(
          "%,d items, every second expires after %d to %d s%n", items, fromSeconds, toSeconds);
      printLine("budget", budgetBytes >> 20, "MB");
      printLine("used when filled", 100.0 * filled.usedBytes() / budgetBytes, "%");
      printLine("items when filled", filled.itemCount(), "");
      printLine("evicted by then", filled.evictedItemCount(), "");
      printLine("expired by then", filled.expiredItemCount(), "");
      rest(TimeUnit.SECONDS.toMillis(toSeconds) + PROMISED_MILLIS);
      StoreStats rested = store.stats();
      printLine("used 2 s after expiry", 100.0 * rested.usedBytes() / budgetBytes, "%");
      printLine("items 2 s after expiry", rested.itemCount(), "");
      long roomBefore = (long) (budgetBytes / itemBytes) - items;
      refill(store, items, roomBefore);
      printLine("longest maintenance", maintenance.longestNanos() / 1e6, "ms");
      out.println();
    }
    store.close();
  }

  /** Puts as many items as have expired, looks for what was lost, and goes on until eviction. */
  private static void refill(Store store, long items, long roomBefore) {
    long expired = items / 2;
    long evictedBefore = store.stats().evictedItemCount();
    PutOptions hour = ttl(store, TimeUnit.HOURS.toMillis(1));
    Filling filling = new Filling(store, items, VALUE_BYTES, _ -> hour);
    filling.untilEviction(items + expired);
    long untilEviction = filling.next();
    filling.until(items + expired);
    printLine("new items put", expired, "");
    printLine("evicted for them", store.stats().evictedItemCount() - evictedBefore, "");
    long lost = 0;
    long expiredShown = 0;
    Keys keys = new Keys();
    for (long index = 0; index < items; index++) {
      boolean there = store.get(keys.key(index), _ -> {});
      lost += there || expires(index) ? 0 : 1;
      expiredShown += there && expires(index) ? 1 : 0;
    }
    printLine("lost of those that stay", lost, "");
    printLine("expired and still shown", expiredShown, "");
    if (untilEviction == items + expired) {
      filling.untilEviction(items + 2 * expired);
      untilEviction = filling.next();
    }
    long fitted = untilEviction - items;
    printLine("fitted before eviction", fitted, "");
    printLine("had fitted before", roomBefore, "");
    printLine("expired bytes reusable", 100.0 * (fitted - roomBefore) / expired, "%");
  }

  static void measureMaintenance(Arguments arguments) throws InterruptedException {
    long beside = arguments.number("beside", 5_000_000);
    long roundSeconds = arguments.number("seconds", 5);
    long perSecond = arguments.number("rate", 100_000);
    arguments.requireNoOthers();
    Store store = Stores.open((long) ((beside + 10 * perSecond) * itemBytes()));
    PutOptions hour = ttl(store, TimeUnit.HOURS.toMillis(1));
    try (Maintenance maintenance = Maintenance.start(store)) {
      new Filling(store, 0, VALUE_BYTES, index -> expires(index) ? hour : STAYS).until(beside);
      Filling expiring = new Filling(store, beside, VALUE_BYTES, _ -> ttl(store, 1_000));
      Rounds millis = new Rounds();
      for (int round = 0; round <= 5; round++) {
        long before = maintenance.cpuNanos();
        for (int second = 0; second < roundSeconds; second++) {
          long started = System.nanoTime();
          expiring.until(expiring.next() + perSecond);
          TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(1) - (System.nanoTime() - started));
        }
        if (round > 0) { // In the first nothing expires at first.
          millis.add((maintenance.cpuNanos() - before) / 1e6 / roundSeconds);
        }
      }
      out.printf("%,14d  %-26s %12.1f%n", beside, millis.show(2), maintenance.longestNanos() / 1e6);
    }
    store.close();
  }

  private static boolean expires(long index) {
    return (index & 1) == 1;
  }

  /** What an item takes of a budget, with half of the items having a time to live. */
  private static double itemBytes() {
    try (Store store = Stores.open(CALIBRATION_BYTES)) {
      PutOptions hour = ttl(store, TimeUnit.HOURS.toMillis(1));
      Filling filling = new Filling(store, 0, VALUE_BYTES, index -> expires(index) ? hour : STAYS);
      filling.untilEviction(Long.MAX_VALUE);
      return (double) CALIBRATION_BYTES / filling.next();
    }
  }

  private static void rest(long millis) throws InterruptedException {
    Progress progress = new Progress("waiting, ms", millis);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis;
        left > 0;
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
      Thread.sleep(Math.min(left, 500));
      progress.show(millis - left);
    }
    progress.end();
  }

  private static void printLine(String what, long figure, String unit) {
    out.printf("  %-24s %,15d   %s%n", what, figure, unit);
  }

  private static void printLine(String what, double figure, String unit) {
    out.printf("  %-24s %,17.1f %s%n", what, figure, unit);
  }
}
