package io.speicher.bench.store;

import static io.speicher.bench.store.StoreMeasurements.out;

import io.speicher.bench.Arguments;
import io.speicher.bench.Progress;
import io.speicher.bench.Rounds;
import io.speicher.bench.store.Cpu.Operation;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.function.ToDoubleFunction;

/**
 * The CPU time of operations of several versions of the store, each from a built tree, in one
 * process. They take turns of a tenth of a second, so that a busy machine slows all of them down
 * alike: what differs by three percent is seen in forty rounds, which it is not between processes.
 */
final class Versions {
  private static final List<Operation> COMPARED =
      List.of(Operation.GET, Operation.BATCHED_GET, Operation.MISS, Operation.PUT);

  /** For the compilers. */
  private static final int WARM_ROUNDS = 10;

  private Versions() {}

  static void measure(Arguments arguments) throws IOException, ReflectiveOperationException {
    long items = arguments.number("items", 6_000_000);
    int rounds = (int) arguments.number("rounds", 40);
    List<String> trees = arguments.words();
    arguments.requireNoOthers();
    if (trees.isEmpty()) {
      throw new IllegalArgumentException("no trees: which ones, each of them built?");
    }
    StoreMeasurements.printMachine();
    List<ToDoubleFunction<String>> versions = new ArrayList<>();
    for (String tree : trees) {
      versions.add(load(Path.of(tree), items));
    }
    out.println("CPU time for a key in ns, and its ratio to the first one's in the same round");
    out.printf("%-18s  %-26s %-24s  %s%n", "operation", "ns", "ratio", "tree");
    for (Operation operation : COMPARED) {
      compare(operation, trees, versions, rounds);
    }
  }

  private static void compare(
      Operation operation,
      List<String> trees,
      List<ToDoubleFunction<String>> versions,
      int rounds) {
    Rounds[] nanos = new Rounds[trees.size()];
    Rounds[] ratios = new Rounds[trees.size()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = new Rounds();
      ratios[i] = new Rounds();
    }
    Progress progress = new Progress(operation.title + ", rounds", rounds);
    double[] took = new double[nanos.length];
    for (int round = -WARM_ROUNDS; round < rounds; round++) {
      for (int i = 0; i < took.length; i++) {
        // Who was last is first: what the one before left in the cache is of no use to anybody.
        int turn = round % 2 == 0 ? i : took.length - 1 - i;
        took[turn] = versions.get(turn).applyAsDouble(operation.name());
      }
      for (int i = 0; round >= 0 && i < took.length; i++) {
        nanos[i].add(took[i]);
        ratios[i].add(took[i] / took[0]);
      }
      progress.show(Math.max(0, round));
    }
    progress.end();
    for (int i = 0; i < nanos.length; i++) {
      out.printf(
          "%-18s  %-26s %-24s  %s%n",
          operation.title, nanos[i].show(1), ratios[i].show(3), trees.get(i));
    }
  }

  /** The classes of this program, and all others from a tree. */
  @SuppressWarnings("unchecked") // A Version, whose class is another one in each loader.
  private static ToDoubleFunction<String> load(Path tree, long items)
      throws IOException, ReflectiveOperationException {
    List<URL> places = new ArrayList<>();
    places.add(Versions.class.getProtectionDomain().getCodeSource().getLocation());
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(tree.resolve("target/lib"))) {
      for (Path jar : jars) {
        places.add(jar.toUri().toURL());
      }
    }
    ClassLoader loader =
        new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    return (ToDoubleFunction<String>)
        loader
            .loadClass(Version.class.getName())
            .getDeclaredConstructor(long.class)
            .newInstance(items);
  }

  /** The store of one tree, and who works on it. */
  public static final class Version implements ToDoubleFunction<String> {
    private static final int OPERATIONS = 2_000 * Cpu.BATCH_KEYS;

    private final Store store;
    private final Cpu.Client client;
    private long seed;

    public Version(long items) {
      store = Stores.open(256 * items + (64 << 20));
      new Filling(store, 0, Cpu.VALUE_BYTES, _ -> PutOptions.DEFAULT).until(items);
      client = new Cpu.Client(store, items, new MemoryWork(1 << 20));
    }

    /** The CPU time, in ns, of each of some operations of that name. */
    @Override
    public double applyAsDouble(String operation) {
      client.run(Operation.valueOf(operation), OPERATIONS, ++seed, new CyclicBarrier(1));
      store.maintain();
      return client.cpuNanos() / OPERATIONS;
    }
  }
}
