package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.speicher.bench.Arguments;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.TtlRule;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long it takes to clear a namespace, and a tag, of many items while they are written and read;
 * and what a get costs where namespaces are declared.
 */
final class Clearing {
  private static final int VALUE_BYTES = 8;
  private static final int BATCH = 1_000_000;
  private static final int WARM_UP_ITEMS = 100_000;
  private static final int WARM_UP_CLEARS = 2_000;

  /** Not all of the keys: a get should not wait for memory, which would hide what it costs. */
  private static final int COST_KEYS = 10_000;

  private Clearing() {}

  static void measure(Arguments arguments) throws InterruptedException {
    int items = (int) arguments.number("items", 10_000_000);
    int clears = (int) arguments.number("clears", 100);
    long budgetBytes = arguments.bytes("budget", "1gb");
    int rounds = (int) arguments.number("rounds", 15);
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    for (int i = 0; i < 2; i++) { // What is measured is not how the program is compiled.
      clearBoth(WARM_UP_ITEMS, WARM_UP_CLEARS, 64 << 20, false);
    }
    clearBoth(items, clears, budgetBytes, true);
    cost(rounds);
  }

  private static void clearBoth(int items, int clears, long budgetBytes, boolean prints)
      throws InterruptedException {
    try (Store store = Stores.open(budgetBytes)) {
      store.createNamespace(text("users:"), TtlRule.NONE);
      PutOptions tagged = PutOptions.DEFAULT.withTags(List.of(text("tag")));
      clear(
          "namespace",
          store,
          items,
          clears,
          PutOptions.DEFAULT,
          prints,
          () -> store.clearNamespace(text("users:")));
      store.clearAll();
      clear(
          "tag", store, items, clears, tagged, prints, () -> store.clearTags(List.of(text("tag"))));
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  /** Clears, first a full part, and then what was written again meanwhile. */
  private static void clear(
      String what,
      Store store,
      int items,
      int clears,
      PutOptions options,
      boolean prints,
      Runnable clear)
      throws InterruptedException {
    Key key = new Key();
    ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
    for (int i = 0; i < items; i++) {
      store.put(key.of(i), value, options);
    }
    long there = store.itemCount();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong operations = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    Thread other =
        new Thread(() -> {
          Key own = new Key();
          Random random = new Random(1);
          ByteBuffer ownValue = ByteBuffer.allocateDirect(VALUE_BYTES);
          while (!done.get()) {
            int index = random.nextInt(items);
            store.put(own.of(index), ownValue, options);
            store.get(own.of(random.nextInt(items)), item -> {});
            if (operations.incrementAndGet() == 1_000) {
              begun.countDown();
            }
          }
        });
    other.start();
    begun.await();
    long[] nanos = new long[clears];
    for (int i = 0; i < clears; i++) {
      long start = System.nanoTime();
      clear.run();
      nanos[i] = System.nanoTime() - start;
      long until = operations.get() + 1_000;
      while (operations.get() < until) {
        Thread.onSpinWait();
      }
    }
    done.set(true);
    other.join();
    long first = nanos[0];
    Arrays.sort(nanos);
    if (prints) {
      out.printf(
          "%-10s %,11d items: first clear %,8.1f µs, median %,8.1f µs, 99th of 100 %,8.1f µs, longest of %d %,8.1f µs%n",
          what,
          there,
          first / 1e3,
          nanos[clears / 2] / 1e3,
          nanos[clears * 99 / 100 - 1] / 1e3,
          clears,
          nanos[clears - 1] / 1e3);
    }
    long start = System.nanoTime();
    long left = store.itemCount();
    while (store.itemCount() == left && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5)) {
      store.maintain();
    }
  }

  /** Rounds of the variants, one after the other, so that all see the same machine. */
  private static void cost(int rounds) {
    Variant[] variants = {new Variant(0), new Variant(1), new Variant(1_000)};
    for (Variant variant : variants) {
      variant.run(BATCH); // Warm up.
    }
    for (int round = 0; round < rounds; round++) {
      for (Variant variant : variants) {
        variant.time(round);
      }
    }
    out.println();
    for (Variant variant : variants) {
      variant.print(variants[0]);
      variant.store.close();
    }
  }

  /** A store with so many namespaces, of which the keys have one, and its times. */
  private static final class Variant {
    private final int namespaces;
    private final Store store = Stores.open(64 << 20);
    private final Key key = new Key();
    private final double[] nanos = new double[1_000];
    private int count;

    Variant(int namespaces) {
      this.namespaces = namespaces;
      for (int i = 0; i < namespaces; i++) {
        String prefix = i == 0 ? "users:" : "n".repeat(1 + i % 12) + i + ":";
        store.createNamespace(text(prefix), TtlRule.NONE);
      }
      ByteBuffer value = ByteBuffer.allocateDirect(100);
      for (int i = 0; i < COST_KEYS; i++) {
        store.put(key.of(i), value, PutOptions.DEFAULT);
      }
    }

    void run(int gets) {
      for (int i = 0; i < gets; i++) {
        store.get(key.of(i % COST_KEYS), item -> {});
      }
    }

    void time(int round) {
      long start = System.nanoTime();
      run(BATCH);
      nanos[round] = (System.nanoTime() - start) / (double) BATCH;
      count = round + 1;
    }

    private double median() {
      double[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return sorted[count / 2];
    }

    void print(Variant base) {
      out.printf(
          "get with %,5d namespaces: %6.1f ns, %+.1f ns%n",
          namespaces, median(), median() - base.median());
    }
  }

  /** Writes the key of an index, in a buffer that is used again: {@code users:} and 8 digits. */
  private static final class Key {
    private static final int PREFIX_BYTES = 6;
    private static final int DIGITS = 8;

    private final ByteBuffer key = ByteBuffer.allocateDirect(PREFIX_BYTES + DIGITS);

    Key() {
      key.put(0, "users:".getBytes(US_ASCII));
    }

    ByteBuffer of(int index) {
      int left = index;
      for (int i = PREFIX_BYTES + DIGITS - 1; i >= PREFIX_BYTES; i--) {
        key.put(i, (byte) ('0' + left % 10));
        left /= 10;
      }
      return key;
    }
  }
}
