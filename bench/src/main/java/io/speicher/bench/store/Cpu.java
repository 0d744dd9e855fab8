package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;
import static java.util.Objects.requireNonNull;

import io.speicher.bench.Arguments;
import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.bench.Rounds;
import io.speicher.store.BatchReader;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * CPU time of an operation, and how two threads get on beside each other.
 *
 * <p>Three lines touch no store: the empty loop makes a random key, which every other line does
 * too, and memory alone adds two accesses to random places of 512 MB, so that it is seen what this
 * machine takes for them, and how much more its cores get done together than one of them. They are
 * so short that a processor is busy with several of them at a time; in turn each waits for the
 * last, as operations do that are too long for that.
 */
final class Cpu {
  static final int VALUE_BYTES = 32;
  static final int BATCH_KEYS = 64;
  private static final int MEMORY_WORK_BYTES = 512 << 20;

  enum Operation {
    EMPTY_LOOP("empty loop"),
    MEMORY("memory alone"),
    MEMORY_IN_TURN("memory, in turn"),
    GET("get"),
    BATCHED_GET("get, 64 at a time"),
    MISS("miss"),
    PUT("put, overwriting");

    final String title;

    Operation(String title) {
      this.title = title;
    }
  }

  /** What some operations took, by all threads together. */
  private record Cost(double cpuNanos, double operationsPerNano, double hitShare) {}

  private final long operations;
  private final int rounds;
  private final List<Client> clients = new ArrayList<>();
  private long seed;

  private Cpu(Store store, long items, long operations, int rounds) {
    this.operations = operations;
    this.rounds = rounds;
    MemoryWork memory = new MemoryWork(MEMORY_WORK_BYTES);
    for (int i = 0; i < 2; i++) {
      clients.add(new Client(store, items, memory.forAnotherThread()));
    }
  }

  static void measure(Arguments arguments) throws InterruptedException {
    long items = arguments.number("items", 10_000_000);
    long operations = arguments.number("operations", 2_000_000) / BATCH_KEYS * BATCH_KEYS;
    int rounds = (int) arguments.number("rounds", 5);
    long budgetBytes = arguments.bytes("budget", "2gb");
    arguments.requireNoOthers();
    StoreMeasurements.printMachine();
    Store store = Stores.open(budgetBytes);
    try (Maintenance _ = Maintenance.start(store)) {
      new Filling(store, 0, VALUE_BYTES, _ -> PutOptions.DEFAULT).until(items);
      var stats = store.stats();
      out.printf(
          "%,d items of %d and %d bytes, %,d MB of %,d MB used, %,d evicted, RSS %,d MB%n%n",
          stats.itemCount(),
          Keys.KEY_BYTES,
          VALUE_BYTES,
          stats.usedBytes() >> 20,
          budgetBytes >> 20,
          stats.evictedItemCount(),
          Machine.residentBytes() >> 20);
      Cpu cpu = new Cpu(store, items, operations, rounds);
      cpu.oneThread();
      cpu.twoThreads();
    }
    store.close();
  }

  private void oneThread() throws InterruptedException {
    Map<Operation, Rounds> nanos = new EnumMap<>(Operation.class);
    Map<Operation, Rounds> hits = new EnumMap<>(Operation.class);
    Progress progress = new Progress("one thread, rounds", rounds);
    for (int round = 0; round <= rounds; round++) {
      for (Operation operation : Operation.values()) {
        Cost cost = cost(operation, clients.subList(0, 1));
        if (round > 0) { // The first is for the compilers and the caches.
          nanos.computeIfAbsent(operation, _ -> new Rounds()).add(cost.cpuNanos);
          hits.computeIfAbsent(operation, _ -> new Rounds()).add(100 * cost.hitShare);
        }
      }
      progress.show(round);
    }
    progress.end();
    out.println("CPU time for a key in ns: median (lowest to highest) of the rounds, key made");
    out.printf("%-18s  %-26s %8s%n", "operation", "ns", "hits, %");
    nanos.forEach((operation, figure) ->
        out.printf("%-18s  %-26s %8s%n", operation.title, figure.show(1), hits(operation, hits)));
    out.println();
  }

  private static String hits(Operation operation, Map<Operation, Rounds> hits) {
    return switch (operation) {
      case EMPTY_LOOP, MEMORY, MEMORY_IN_TURN, PUT -> "";
      case GET, BATCHED_GET, MISS -> "%.2f".formatted(requireNonNull(hits.get(operation)).median());
    };
  }

  private void twoThreads() throws InterruptedException {
    List<Operation> compared =
        List.of(Operation.EMPTY_LOOP, Operation.MEMORY, Operation.GET, Operation.PUT);
    Map<Operation, Rounds> one = new EnumMap<>(Operation.class);
    Map<Operation, Rounds> two = new EnumMap<>(Operation.class);
    Map<Operation, Rounds> ratio = new EnumMap<>(Operation.class);
    Progress progress = new Progress("two threads, rounds", rounds);
    for (int round = 0; round <= rounds; round++) {
      for (Operation operation : compared) {
        Cost alone = cost(operation, clients.subList(0, 1));
        Cost together = cost(operation, clients);
        if (round > 0) {
          one.computeIfAbsent(operation, _ -> new Rounds()).add(alone.cpuNanos);
          two.computeIfAbsent(operation, _ -> new Rounds()).add(together.cpuNanos);
          ratio
              .computeIfAbsent(operation, _ -> new Rounds())
              .add(together.operationsPerNano / alone.operationsPerNano);
        }
      }
      progress.show(round);
    }
    progress.end();
    out.println("one thread and two, in turns: CPU time for a key in ns, throughput by the clock");
    out.printf(
        "%-18s  %-26s %-26s %s%n", "operation", "one: ns", "two: ns", "throughput, two / one");
    one.forEach((operation, figure) ->
        out.printf(
            "%-18s  %-26s %-26s %s%n",
            operation.title,
            figure.show(1),
            requireNonNull(two.get(operation)).show(1),
            requireNonNull(ratio.get(operation)).show(2)));
  }

  /** Lets every client do the operation, each on a thread of its own, all beginning together. */
  private Cost cost(Operation operation, List<Client> working) throws InterruptedException {
    CyclicBarrier start = new CyclicBarrier(working.size());
    List<Thread> threads = new ArrayList<>();
    for (Client client : working) {
      long ownSeed = ++seed;
      threads.add(
          Thread.ofPlatform().start(() -> client.run(operation, operations, ownSeed, start)));
    }
    long cpuNanos = 0;
    long hits = 0;
    long begin = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (int i = 0; i < working.size(); i++) {
      threads.get(i).join();
      cpuNanos += working.get(i).cpuNanos;
      hits += working.get(i).hits;
      begin = Math.min(begin, working.get(i).beginNanos);
      end = Math.max(end, working.get(i).endNanos);
    }
    double all = (double) operations * working.size();
    return new Cost(cpuNanos / all, all / (end - begin), hits / all);
  }

  /** The operations, with the buffers of one thread. */
  static final class Client {
    private final Store store;
    private final long items;
    private final MemoryWork memory;
    private final Keys keys = new Keys();
    private final ByteBuffer value = ByteBuffer.allocateDirect(VALUE_BYTES);
    private final List<ByteBuffer> batch = new ArrayList<>();
    private final ItemReader reader = this::copy;
    private final int[] found = new int[BATCH_KEYS];
    private final BatchReader batchReader =
        (keyIndex, item) -> found[keyIndex] = item == null ? 0 : copy(item);

    // What the last run took; read after its thread has ended.
    private long cpuNanos;
    private long beginNanos;
    private long endNanos;
    private long hits;

    Client(Store store, long items, MemoryWork memory) {
      this.store = store;
      this.items = items;
      this.memory = memory;
      for (int i = 0; i < BATCH_KEYS; i++) {
        batch.add(ByteBuffer.allocateDirect(Keys.KEY_BYTES));
      }
    }

    void run(Operation operation, long operations, long seed, CyclicBarrier start) {
      XorShift random = new XorShift(seed);
      try {
        start.await();
      } catch (InterruptedException | BrokenBarrierException e) {
        throw new IllegalStateException(e);
      }
      beginNanos = System.nanoTime();
      long cpuBefore = Machine.threadCpuNanos();
      hits =
          switch (operation) {
            case EMPTY_LOOP -> emptyLoop(random, operations);
            case MEMORY -> memoryAlone(random, operations);
            case MEMORY_IN_TURN -> memoryInTurn(random, operations);
            case GET -> get(random, operations, 0);
            case MISS -> get(random, operations, items);
            case BATCHED_GET -> getAll(random, operations);
            case PUT -> put(random, operations);
          };
      cpuNanos = Machine.threadCpuNanos() - cpuBefore;
      endNanos = System.nanoTime();
    }

    double cpuNanos() {
      return cpuNanos;
    }

    /** Returns something that depends on every key, so that every key has to be made. */
    private long emptyLoop(XorShift random, long operations) {
      long all = 0;
      for (long i = 0; i < operations; i++) {
        all ^= keys.key(random.below(items)).getLong(0);
      }
      return all;
    }

    private long memoryAlone(XorShift random, long operations) {
      long all = 0;
      for (long i = 0; i < operations; i++) {
        all ^= keys.key(random.below(items)).getLong(0) ^ memory.get(random);
      }
      return all;
    }

    private long memoryInTurn(XorShift random, long operations) {
      long last = 0;
      for (long i = 0; i < operations; i++) {
        last = keys.key(random.below(items)).getLong(0) ^ memory.getInTurn(random, last);
      }
      return last;
    }

    private long get(XorShift random, long operations, long firstIndex) {
      long hits = 0;
      for (long i = 0; i < operations; i++) {
        hits += store.get(keys.key(firstIndex + random.below(items)), reader) ? 1 : 0;
      }
      return hits;
    }

    private long getAll(XorShift random, long operations) {
      long hits = 0;
      for (long i = 0; i < operations; i += BATCH_KEYS) {
        for (ByteBuffer key : batch) {
          Keys.write(random.below(items), key);
        }
        store.getAll(batch, batchReader);
        hits += Arrays.stream(found).sum();
      }
      return hits;
    }

    private long put(XorShift random, long operations) {
      for (long i = 0; i < operations; i++) {
        value.putLong(0, i);
        store.put(keys.key(random.below(items)), value, PutOptions.DEFAULT);
      }
      return operations;
    }

    private int copy(Item item) {
      value.clear().put(item.value()).flip();
      return 1;
    }
  }
}
