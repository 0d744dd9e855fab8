package io.speicher.bench.cluster;

import io.speicher.bench.Machine;
import io.speicher.bench.Progress;
import io.speicher.bench.Rounds;
import io.speicher.bench.traces.CommandErrors;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/cluster}: CPU time of all nodes for a request. */
@Command(
    name = "bench/cluster",
    description = {
      "Start a single server and a cluster of three nodes, load both by turns, and print what an",
      "operation costs: the CPU time of all nodes together, at the primary owner of the keys and at",
      "another node."
    },
    sortOptions = false)
final class CostCommand implements Callable<Integer> {
  private static final List<Load> LOADS =
      List.of(
          new Load("get", 50, 1),
          new Load("get", 50, 16),
          new Load("get", 50, 64),
          new Load("set", 16, 1),
          new Load("set", 1, 64));

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measure each load so often (default: 5).")
  private int roundCount;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Measure each load for so long (default: 3).")
  private int seconds;

  @Option(names = "--help", usageHelp = true, description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private final PrintStream out = System.out;

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new CostCommand(), arguments);
  }

  /**
   * What clients do.
   *
   * @param pipeline how many requests a connection sends before it waits for all replies
   */
  record Load(String operation, int connections, int pipeline) {}

  /** What was measured of a load, in microseconds for an operation. */
  private record Row(Load load, Rounds single, Rounds owner, Rounds other, Rounds ratio) {
    Row(Load load) {
      this(load, new Rounds(), new Rounds(), new Rounds(), new Rounds());
    }
  }

  @Override
  public Integer call() throws IOException {
    Machine.print(out);
    Path speicher = Path.of(System.getProperty("bench.root", "."), "speicher");
    List<Row> rows = LOADS.stream().map(Row::new).toList();
    try (ServerGroup single = ServerGroup.single(speicher);
        ServerGroup cluster = ServerGroup.cluster(speicher)) {
      String tag = cluster.tagOfPrimary();
      single.store(tag);
      cluster.store(tag);
      warmUp(single, cluster, tag);
      Progress progress = new Progress("rounds", roundCount);
      for (int round = 1; round <= roundCount; round++) {
        for (Row row : rows) {
          double alone = single.cpuMicros(row.load, tag, ServerGroup.PRIMARY, seconds);
          double owner = cluster.cpuMicros(row.load, tag, ServerGroup.PRIMARY, seconds);
          row.single.add(alone);
          row.owner.add(owner);
          row.ratio.add(owner / alone);
          row.other.add(cluster.cpuMicros(row.load, tag, ServerGroup.OTHER, seconds));
        }
        progress.show(round);
      }
      progress.end();
    }
    print(rows);
    return 0;
  }

  private static void warmUp(ServerGroup single, ServerGroup cluster, String tag)
      throws IOException {
    for (Load load : LOADS) {
      single.cpuMicros(load, tag, ServerGroup.PRIMARY, 1);
      cluster.cpuMicros(load, tag, ServerGroup.PRIMARY, 1);
      cluster.cpuMicros(load, tag, ServerGroup.OTHER, 1);
    }
  }

  private void print(List<Row> rows) {
    out.printf(
        "%nCPU time of all nodes for an operation, µs: median (lowest to highest) of %d rounds%n%n",
        roundCount);
    out.println(
        "| | connections | pipeline | single server | primary owner | ratio | other node |");
    out.println("| --- | --: | --: | --: | --: | --: | --: |");
    for (Row row : rows) {
      out.printf(
          "| %s | %d | %d | %s | %s | %s | %s |%n",
          row.load.operation.toUpperCase(Locale.ROOT),
          row.load.connections,
          row.load.pipeline,
          row.single.show(2),
          row.owner.show(2),
          row.ratio.show(2),
          row.other.show(1));
    }
  }
}
