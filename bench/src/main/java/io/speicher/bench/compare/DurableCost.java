package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What operations cost a server that keeps its items in a file, on tmpfs and on a disk, beside one
 * without files and beside Valkey with its log; and its slowest replies at a rate that all can
 * bear.
 */
final class DurableCost {
  private static final int START_SECONDS = 10; // And filling.
  private static final int SATURATING_SECONDS = 3;
  private static final Cell TAIL = new Cell(Operation.MIXED, 1);
  private static final double WANTED_OF_TAIL = 1.5;
  private static final double WANTED_OF_VALKEY = 0.7;

  private final Bench bench;
  private final List<Cell> cells;
  private final int rounds;
  private final int seconds;
  private final Generator generator;
  private final DataSet dataSet = DataSet.fitting(100, 1_000_000);
  private final List<Keeping> keepings = new ArrayList<>();
  private final Map<Cell, Map<Keeping, List<Measurement>>> closedLoops = new LinkedHashMap<>();
  private final Map<Keeping, List<Measurement>> openLoops = new EnumMap<>(Keeping.class);

  /** Where a server keeps its items. */
  private enum Keeping {
    MEMORY("memory alone", Server.SPEICHER),
    TMPFS("`--data` on tmpfs", Server.SPEICHER),
    DISK("`--data` on disk", Server.SPEICHER),
    LOG("Valkey's log on disk", Server.VALKEY);

    private final String title;
    private final Server server;

    Keeping(String title, Server server) {
      this.title = title;
      this.server = server;
    }

    private Contender contender() {
      return new Contender(server, Protocol.RESP, 1);
    }

    private List<String> options(Path folder) {
      return switch (this) {
        case MEMORY -> List.of();
        case TMPFS, DISK -> List.of("--data", folder.toString(), "--sync", "1s");
        case LOG ->
            List.of("--dir", folder.toString(), "--appendonly", "yes", "--appendfsync", "everysec");
      };
    }
  }

  DurableCost(Bench bench, List<Cell> cells, int rounds, int seconds) {
    this.bench = bench;
    this.cells = cells;
    this.rounds = rounds;
    this.seconds = seconds;
    generator = bench.generator();
    for (Keeping keeping : Keeping.values()) {
      if (bench.programs().has(keeping.server)) {
        keepings.add(keeping);
      }
    }
  }

  Duration expected() {
    int each = START_SECONDS + pieceSeconds(SATURATING_SECONDS);
    int turns = (rounds + 1) * cells.size() + rounds;
    return Duration.ofSeconds((long) keepings.size() * (each + turns * pieceSeconds(seconds)));
  }

  private static int pieceSeconds(int seconds) {
    return 1 + Generator.WARM_UP_SECONDS + seconds;
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    Path disk = Files.createTempDirectory(bench.programs().root.resolve("bench/target"), "data-");
    Path tmpfs = Files.createTempDirectory(Path.of("/dev/shm"), "speicher-bench-");
    Map<Keeping, RunningServer> servers = new EnumMap<>(Keeping.class);
    try {
      for (Keeping keeping : keepings) {
        remaining.begin("starting and filling: " + keeping.title);
        Path folder = (keeping == Keeping.TMPFS ? tmpfs : disk).resolve(keeping.name());
        servers.put(keeping, start(keeping, folder));
        generator.preload(keeping.contender(), server(servers, keeping), dataSet);
        remaining.end(START_SECONDS);
      }
      for (int round = 0; round <= rounds; round++) { // Round 0 warms up.
        for (Cell cell : cells) {
          measureRound(round, cell, 0, servers, remaining);
        }
      }
      long rate = Tail.rate(saturate(servers, remaining));
      for (int round = 1; round <= rounds; round++) {
        measureRound(round, TAIL, rate, servers, remaining);
      }
      return page(rate);
    } finally {
      remaining.clear();
      servers.values().forEach(RunningServer::close);
      delete(disk);
      delete(tmpfs);
    }
  }

  private static RunningServer server(Map<Keeping, RunningServer> servers, Keeping keeping) {
    return requireNonNull(servers.get(keeping));
  }

  private RunningServer start(Keeping keeping, Path folder) throws IOException {
    int port = bench.ports().next();
    Files.createDirectories(folder);
    return RunningServer.start(
        keeping.server,
        command(keeping, "" + port, folder),
        port,
        bench.programs().log("durable-" + keeping));
  }

  private List<String> command(Keeping keeping, String port, Path folder) {
    List<String> command = new ArrayList<>(bench.programs().command(keeping.server, 1, port));
    command.addAll(keeping.options(folder));
    return Cores.pin(bench.cores().ofServer(1), command);
  }

  private List<Double> saturate(Map<Keeping, RunningServer> servers, RemainingTime remaining)
      throws IOException {
    List<Double> rates = new ArrayList<>();
    for (Keeping keeping : keepings) {
      remaining.begin("finding the most that is possible: " + keeping.title);
      rates.add(
          generator
              .closedLoop(
                  keeping.contender(), server(servers, keeping), dataSet, TAIL, SATURATING_SECONDS)
              .operationsPerSecond());
      remaining.end(pieceSeconds(SATURATING_SECONDS));
    }
    return rates;
  }

  /**
   * All take a turn.
   *
   * @param rate operations a second, or 0 for as many as there can be
   */
  private void measureRound(
      int round, Cell cell, long rate, Map<Keeping, RunningServer> servers, RemainingTime remaining)
      throws IOException {
    for (Keeping keeping : keepings) {
      remaining.begin("round %d of %d, %s: %s".formatted(round, rounds, cell, keeping.title));
      Contender contender = keeping.contender();
      RunningServer server = server(servers, keeping);
      Measurement measurement =
          rate == 0
              ? generator.closedLoop(contender, server, dataSet, cell, seconds)
              : generator.openLoop(contender, server, dataSet, cell, seconds, rate);
      if (round > 0) {
        (rate == 0
                ? closedLoops.computeIfAbsent(cell, _ -> new EnumMap<>(Keeping.class))
                : openLoops)
            .computeIfAbsent(keeping, _ -> new ArrayList<>())
            .add(measurement);
      }
      remaining.end(pieceSeconds(seconds));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  // ---- the page ----

  private String page(long rate) throws IOException {
    StringBuilder text = new StringBuilder("# What durability costs\n\n");
    text.append("Written by `bench/compare --durable`.\n\n")
        .append(
            bench.surroundings(
                keepings.stream().map(one -> command(one, "PORT", Path.of("FOLDER"))).toList()))
        .append(
            """

            Over RESP, %s. The servers take turns, %d times %d s each. A cell shows the median and, in parentheses,
            the lowest and highest; a ratio is taken within each round.

            CPU time of the server for an operation, in µs, in a closed loop with %d connections:

            """
                .formatted(dataSet.title(), rounds, seconds, Generator.CONNECTIONS));
    appendHead(text);
    for (Cell cell : cells) {
      double wanted = cell.pipeline() == 1 ? 1.05 : cell.pipeline() <= 16 ? 1.10 : 1.15;
      Map<Keeping, List<Measurement>> loops = requireNonNull(closedLoops.get(cell));
      appendRow(text, cell, loops, Measurement::serverCpuMicros, 3, wanted);
    }
    text.append(
        "%np99.9 of the latencies, in µs, in an open loop of %,d operations/s, %.0f %% of what the slowest does:%n%n"
            .formatted(rate, 100 * Tail.SHARE_OF_SATURATION));
    appendHead(text);
    appendRow(text, TAIL, openLoops, Measurement::p999Micros, 0, WANTED_OF_TAIL);
    return text.toString();
  }

  private void appendHead(StringBuilder text) {
    text.append("| operation | pipeline |");
    keepings.forEach(keeping -> text.append(" %s |".formatted(keeping.title)));
    text.append(" tmpfs / memory | disk / memory |")
        .append(keepings.contains(Keeping.LOG) ? " disk / Valkey |" : "")
        .append("\n| --- | --: |")
        .append(" --- |".repeat(keepings.size() + (keepings.contains(Keeping.LOG) ? 3 : 2)))
        .append('\n');
  }

  private void appendRow(
      StringBuilder text,
      Cell cell,
      Map<Keeping, List<Measurement>> loops,
      ToDoubleFunction<Measurement> figure,
      int decimals,
      double wanted) {
    text.append("| %s | %d |".formatted(cell.operation().title, cell.pipeline()));
    for (Keeping keeping : keepings) {
      Rounds figures = new Rounds();
      requireNonNull(loops.get(keeping)).forEach(one -> figures.add(figure.applyAsDouble(one)));
      text.append(" %s |".formatted(figures.show(decimals)));
    }
    for (Keeping keeping : List.of(Keeping.TMPFS, Keeping.DISK)) {
      Rounds ratios = ratios(loops, keeping, Keeping.MEMORY, figure);
      text.append(" %s, %s |".formatted(ratios.show(2), Verdict.of(ratios, wanted).show()));
    }
    if (keepings.contains(Keeping.LOG)) {
      Rounds ratios = ratios(loops, Keeping.DISK, Keeping.LOG, figure);
      boolean isAsked = cell.operation() == Operation.SET;
      text.append(
          " %s%s |"
              .formatted(
                  ratios.show(2),
                  isAsked ? ", " + Verdict.of(ratios, WANTED_OF_VALKEY).show() : ""));
    }
    text.append('\n');
  }

  private Rounds ratios(
      Map<Keeping, List<Measurement>> loops,
      Keeping of,
      Keeping to,
      ToDoubleFunction<Measurement> figure) {
    PairedRounds pairs = new PairedRounds();
    for (int round = 0; round < rounds; round++) {
      pairs.add(
          figure.applyAsDouble(requireNonNull(loops.get(of)).get(round)),
          figure.applyAsDouble(requireNonNull(loops.get(to)).get(round)));
    }
    return pairs.ratios;
  }
}
