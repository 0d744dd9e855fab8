package io.speicher.bench.history;

import io.speicher.bench.traces.CommandErrors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/history}: whether a cluster keeps its word through faults. */
@Command(
    name = "bench/history",
    description = {
      "Start a cluster, let clients of all dialects write and read registers, counters and logs",
      "while faults happen to one node after the other, and check what they have seen. Exit status 1",
      "if a register is not linearizable, a counter not exact, an append lost or doubled, or anything",
      "that was acknowledged is not there."
    },
    sortOptions = false)
final class HistoryCommand implements Callable<Integer> {
  private static final int FIRST_PORT = 17_000;
  private static final int FIRST_BUS_PORT = 17_200;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Draw what clients do and what happens to nodes from this seed. Threads and time are not"
              + " drawn, so that a run is not the same again.")
  private @Nullable Long seed;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Let clients work for so long (default: 60).")
  private int seconds;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "1",
      description = "Run so often, with the seeds that follow, on a new cluster (default: 1).")
  private int runs;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes there are (default: 3).")
  private int nodes;

  @Option(
      names = "--faults",
      paramLabel = "FAULT,...",
      split = ",",
      description =
          "What happens, of kill, stop, partition, mute, deaf and flap (default: all; without network"
              + " namespaces kill and stop).")
  private @Nullable List<Fault> faults;

  @Option(
      names = "--namespaces",
      description = "Give each node a network namespace, in this process's own (unshare --net).")
  private boolean hasNamespaces;

  @Option(names = "--quiet", description = "Tell nothing but what came of it.")
  private boolean isQuiet;

  @Option(names = "--help", usageHelp = true, description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private final Path speicher = Path.of(System.getProperty("bench.root", "."), "speicher");

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new HistoryCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Fault> drawn =
        faults != null
            ? faults
            : Stream.of(Fault.values())
                .filter(fault -> hasNamespaces || !fault.needsNetwork())
                .toList();
    if (!hasNamespaces && drawn.stream().anyMatch(Fault::needsNetwork)) {
      throw new IOException("--faults: what cuts the network needs --namespaces");
    }
    long first = seed == null ? ThreadLocalRandom.current().nextInt(1 << 30) : seed;
    int bad = 0;
    try (NamespaceNetwork network = hasNamespaces ? NamespaceNetwork.of(nodes) : null) {
      for (int i = 0; i < runs; i++) {
        bad += run(network, drawn, first + i) ? 0 : 1;
      }
    }
    if (runs > 1) {
      System.out.printf("runs %d, with violations %d%n", runs, bad);
    }
    return bad == 0 ? 0 : 1;
  }

  private boolean run(@Nullable NamespaceNetwork network, List<Fault> drawn, long runSeed)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("speicher-history");
    List<LocalNode> started = nodes(network, folder);
    try {
      for (LocalNode node : started) {
        node.start();
      }
      long originNanos = System.nanoTime();
      HistoryRun.Result result =
          new HistoryRun(
                  List.copyOf(started),
                  network,
                  drawn,
                  runSeed,
                  line -> {
                    if (!isQuiet) {
                      System.out.printf(
                          "%7.3f s %s%n", (System.nanoTime() - originNanos) / 1e9, line);
                    }
                  })
              .run(seconds);
      System.out.println(result.summary());
      result.violations().forEach(System.out::println);
      boolean isGood = result.violations().isEmpty();
      if (isGood) {
        delete(folder);
      } else {
        System.out.println("logs of the nodes: " + folder);
      }
      return isGood;
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; logs of the nodes: " + folder, e);
    } finally {
      for (LocalNode node : started) {
        node.kill();
      }
    }
  }

  private List<LocalNode> nodes(@Nullable NamespaceNetwork network, Path folder) {
    String peers =
        IntStream.range(0, nodes)
            .mapToObj(node -> host(network, node) + ":" + (FIRST_BUS_PORT + node))
            .collect(Collectors.joining(","));
    List<LocalNode> made = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      String host = host(network, node);
      int port = FIRST_PORT + node;
      List<String> command = new ArrayList<>(network == null ? List.of() : network.prefix(node));
      command.addAll(List.of(speicher.toString(), "server", "--bind", host, "--port", "" + port));
      command.addAll(List.of("--memory", "64mb", "--threads", "1", "--cluster", "history"));
      command.addAll(List.of("--cluster-bind", host + ":" + (FIRST_BUS_PORT + node)));
      command.addAll(List.of("--cluster-peers", peers));
      if (network != null) {
        command.add("--insecure");
      }
      made.add(
          new LocalNode(
              new InetSocketAddress(host, port), command, folder.resolve("node" + node + ".log")));
    }
    return made;
  }

  private static String host(@Nullable NamespaceNetwork network, int node) {
    return network == null ? "127.0.0.1" : network.host(node);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
