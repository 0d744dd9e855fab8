package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.process.IdleConnections;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an operation costs while thousands of other connections are open and say nothing. */
final class ConnectionsCost {
  static final int ALL_CONNECTIONS = 10_000;

  /** Some are those of whoever looks, and a server may count others that are just gone. */
  private static final int CONNECTION_LIMIT = ALL_CONNECTIONS + 1_000;

  private static final int FILL_SECONDS = 5;
  private static final int OPEN_SECONDS = 2;
  private static final double WANTED = 1.15;

  private final Bench bench;
  private final List<Contender> contenders;
  private final List<Cell> cells;
  private final DataSet dataSet = DataSet.fitting(100, 1_000_000);
  private final int rounds;
  private final int seconds;
  private final Generator generator;

  ConnectionsCost(
      Bench bench, List<Contender> contenders, List<Cell> cells, int rounds, int seconds) {
    this.bench = bench;
    this.contenders = contenders;
    this.cells = cells;
    this.rounds = rounds;
    this.seconds = seconds;
    generator = bench.generator();
  }

  private record Row(Cell cell, Contender contender) {}

  Duration expected() {
    int each = FILL_SECONDS + (rounds + 1) * roundSeconds();
    return Duration.ofSeconds((long) contenders.size() * each);
  }

  private int roundSeconds() {
    return OPEN_SECONDS + cells.size() * 2 * (1 + Generator.WARM_UP_SECONDS + seconds);
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    Map<Row, PairedRounds> rows = new LinkedHashMap<>();
    try (RunningServers servers = bench.start(contenders, CONNECTION_LIMIT)) {
      for (Contender contender : contenders) {
        remaining.begin("filling " + contender.title());
        generator.preload(contender, servers.get(contender), dataSet);
        remaining.end(FILL_SECONDS);
      }
      for (int round = 0; round <= rounds; round++) { // Round 0 warms up.
        for (Contender contender : contenders) {
          remaining.begin("round %d of %d, %s".formatted(round, rounds, contender.title()));
          measureRound(round, contender, servers.get(contender), rows);
          remaining.end(roundSeconds());
        }
      }
    } finally {
      remaining.clear();
    }
    return page(rows);
  }

  /** With many connections, and without. */
  private void measureRound(
      int round, Contender contender, RunningServer server, Map<Row, PairedRounds> rows)
      throws IOException {
    Map<Cell, Double> crowded = new LinkedHashMap<>();
    int idle = ALL_CONNECTIONS - Generator.CONNECTIONS;
    try (IdleConnections _ =
        IdleConnections.open(
            server.statistics(), server.port, contender.server().greeting(), idle)) {
      for (Cell cell : cells) {
        crowded.put(cell, micros(contender, server, cell));
      }
    }
    for (Map.Entry<Cell, Double> entry : crowded.entrySet()) {
      double alone = micros(contender, server, entry.getKey());
      if (round > 0) {
        rows.computeIfAbsent(new Row(entry.getKey(), contender), _ -> new PairedRounds())
            .add(entry.getValue(), alone);
      }
    }
  }

  private double micros(Contender contender, RunningServer server, Cell cell) throws IOException {
    return generator.closedLoop(contender, server, dataSet, cell, seconds).serverCpuMicros();
  }

  private String page(Map<Row, PairedRounds> rows) throws IOException {
    StringBuilder text = new StringBuilder("# What idle connections cost the others\n\n");
    text.append("Written by `bench/compare --connections-cost`.\n\n")
        .append(bench.surroundings(contenders.stream(), CONNECTION_LIMIT))
        .append(
            """

            CPU time of the server for an operation, in µs, over RESP, %s: with %d connections in a closed loop
            and as many idle ones as make %,d, and without these, in turn, %d times %d s each. A cell shows the
            median and, in parentheses, the lowest and highest; a ratio is taken within each round.

            | operation | pipeline | server | %3$,d open (µs) | %2$d open (µs) | ratio |
            | --- | --: | --- | --- | --- | --- |
            """
                .formatted(
                    dataSet.title(), Generator.CONNECTIONS, ALL_CONNECTIONS, rounds, seconds));
    for (Cell cell : cells) {
      for (Contender contender : contenders) {
        append(text, cell, contender, requireNonNull(rows.get(new Row(cell, contender))));
      }
    }
    return text.toString();
  }

  private static void append(
      StringBuilder text, Cell cell, Contender contender, PairedRounds figures) {
    String verdict =
        contender.server() == Server.SPEICHER
            ? ", " + Verdict.of(figures.ratios, WANTED).show()
            : "";
    text.append(
        "| %s | %d | %s | %s | %s | %s%s |%n"
            .formatted(
                cell.operation().title,
                cell.pipeline(),
                contender.title(),
                figures.of.show(3),
                figures.to.show(3),
                figures.ratios.show(3),
                verdict));
  }
}
