package io.speicher.bench.siege;

import io.speicher.bench.process.ServerProcess;
import io.speicher.bench.traces.CommandErrors;
import io.speicher.store.Opening;
import io.speicher.store.RecoveryListener;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench/kill}: kills a server under load again and again, and compares what the next one
 * has.
 */
@Command(
    name = "bench/kill",
    description = {
      "Kill a server of its own with SIGKILL at random moments under load in all dialects, start it",
      "again, and compare every write that was answered. Exit status 1 if one was lost, torn or revived."
    },
    sortOptions = false)
final class KillCommand implements Callable<Integer> {
  private static final int LARGE_MEGABYTES = 96;
  private static final int SMALL_MEGABYTES = 6;

  /** So many rounds go on with the same directory. */
  private static final int GROUP_ROUNDS = 10;

  /** Of so many groups one has less memory than its keys need. */
  private static final int SMALL_EVERY = 3;

  private static final int MAX_FAULTS = 20;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Draw what clients do, and when the server is killed, from this seed.")
  private @Nullable Long seed;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "20",
      description = "How often the server is killed (default: 20).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so long at the latest; 0 never (default: 0).")
  private int seconds;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "/dev/shm",
      description =
          "Where the server keeps its file, in a directory of its own (default: /dev/shm).")
  private Path directory = Path.of("/dev/shm");

  @Option(names = "--help", usageHelp = true, description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private final List<String> faults = new ArrayList<>();
  private long acknowledged;
  private long repaired;

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new KillCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long drawn = seed == null ? ThreadLocalRandom.current().nextInt(1 << 30) : seed;
    PrintStream out = System.out;
    out.printf("seed %d, on %s%n", drawn, Files.getFileStore(directory).type());
    Path data = Files.createTempDirectory(directory, "speicher-kill");
    long endNanos = System.nanoTime() + seconds * 1_000_000_000L;
    int done = 0;
    try {
      Random random = new Random(drawn);
      while (done < rounds && !isOver(endNanos) && faults.isEmpty()) {
        boolean evicts = done / GROUP_ROUNDS % SMALL_EVERY == SMALL_EVERY - 1;
        delete(data);
        done += group(data, evicts, random, Math.min(GROUP_ROUNDS, rounds - done), endNanos);
      }
    } finally {
      delete(data);
    }
    out.printf(
        "kills %d, writes answered %,d, files with something to repair %d, lost, torn or revived %d%n",
        done, acknowledged, repaired, faults.size());
    faults.stream().limit(MAX_FAULTS).forEach(out::println);
    return faults.isEmpty() ? 0 : 1;
  }

  private boolean isOver(long endNanos) {
    return seconds > 0 && System.nanoTime() - endNanos > 0;
  }

  private int group(Path data, boolean evicts, Random random, int most, long endNanos)
      throws IOException, InterruptedException {
    int megabytes = evicts ? SMALL_MEGABYTES : LARGE_MEGABYTES;
    List<KillClient> clients = new ArrayList<>();
    for (Wire wire : Wires.ALL) {
      int keys = wire instanceof RespWire ? 20_000 : 2_000;
      clients.add(new KillClient(wire, clients.size(), keys, evicts, random.nextLong()));
    }
    int done = 0;
    ServerProcess server = start(data, megabytes);
    try {
      for (KillClient client : clients) {
        client.turnTo(server.port());
        client.declare();
      }
      while (done < most && !isOver(endNanos) && faults.isEmpty()) {
        long millis = 1L + random.nextInt(1 << random.nextInt(5, 12));
        work(server, clients, millis);
        inspect(data, megabytes);
        server = start(data, megabytes);
        for (KillClient client : clients) {
          client.turnTo(server.port());
          faults.addAll(client.check());
        }
        done++;
      }
    } finally {
      server.kill();
    }
    clients.forEach(client -> acknowledged += client.acknowledged());
    return done;
  }

  /** Lets all clients work for a while, kills the server, and waits until they have noticed. */
  private static void work(ServerProcess server, List<KillClient> clients, long millis)
      throws InterruptedException {
    List<Thread> threads = clients.stream().map(Thread.ofPlatform()::start).toList();
    Thread.sleep(millis);
    server.kill();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Opens a copy of what the kill has left, and checks that index, segments and accounts agree. */
  private void inspect(Path data, int megabytes) throws IOException {
    Path copy = Files.createDirectories(data.resolveSibling(data.getFileName() + "-copy"));
    try {
      Files.copy(data.resolve("store"), copy.resolve("store"), StandardCopyOption.REPLACE_EXISTING);
      Geometry geometry = Geometry.of((long) megabytes << 20);
      try (SegmentStore store =
          SegmentStore.open(copy, geometry, false, Duration.ZERO, RecoveryListener.NONE)) {
        Opening opening = store.opening().orElseThrow();
        repaired += opening.repairedTables() + opening.repairedSegments() > 0 ? 1 : 0;
        store.verify();
      } catch (IllegalStateException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
    } finally {
      delete(copy);
    }
  }

  private static ServerProcess start(Path data, int megabytes) throws IOException {
    Path launcher = Path.of(System.getProperty("bench.root"), "speicher");
    return ServerProcess.start(
        "speicher",
        ServerProcess.SPEICHER_LISTENS,
        new ProcessBuilder(
            launcher.toString(),
            "server",
            "--port",
            "0",
            "--memory",
            megabytes + "mb",
            "--data",
            data.toString()),
        _ -> {});
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
