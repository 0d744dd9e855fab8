package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an operation costs where servers are not saturated, as they mostly run: all get the same
 * rate in an open loop, {@value Tail#SHARE_OF_SATURATION} of what the slowest of them can do. A
 * server that is asked for less finds fewer requests each time that it looks, so each costs more.
 */
final class SameRate {
  private static final int SATURATING_SECONDS = 3;
  private static final int FILL_SECONDS = 5;

  private final Bench bench;
  private final Comparison comparison;
  private final int rounds;
  private final int seconds;
  private final Generator generator;

  SameRate(Bench bench, List<Contender> contenders, List<Cell> cells, int rounds, int seconds) {
    this.bench = bench;
    comparison = new Comparison(Protocol.RESP, DataSet.fitting(100, 1_000_000), contenders, cells);
    this.rounds = rounds;
    this.seconds = seconds;
    generator = bench.generator();
  }

  Duration expected() {
    int eachCell = pieceSeconds(SATURATING_SECONDS) + (rounds + 1) * pieceSeconds(seconds);
    int each = FILL_SECONDS + comparison.cells().size() * eachCell;
    return Duration.ofSeconds((long) comparison.contenders().size() * each);
  }

  private static int pieceSeconds(int seconds) {
    return 1 + Generator.WARM_UP_SECONDS + seconds;
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    Results results = new Results(comparison);
    Map<Cell, Long> rates = new LinkedHashMap<>();
    try (RunningServers servers = bench.start(comparison.contenders(), 0)) {
      for (Contender contender : comparison.contenders()) {
        remaining.begin("filling " + contender.title());
        generator.preload(contender, servers.get(contender), comparison.dataSet());
        remaining.end(FILL_SECONDS);
      }
      for (Cell cell : comparison.cells()) {
        rates.put(cell, Tail.rate(saturate(servers, cell, remaining)));
        for (int round = 0; round <= rounds; round++) { // Round 0 warms up.
          measureRound(round, servers, cell, rates, results, remaining);
        }
      }
    } finally {
      remaining.clear();
    }
    return page(rates, results);
  }

  private List<Double> saturate(RunningServers servers, Cell cell, RemainingTime remaining)
      throws IOException {
    List<Double> saturatingRates = new ArrayList<>();
    for (Contender contender : comparison.contenders()) {
      remaining.begin("%s: finding the most that %s can do".formatted(cell, contender.title()));
      Measurement measurement =
          generator.closedLoop(
              contender, servers.get(contender), comparison.dataSet(), cell, SATURATING_SECONDS);
      saturatingRates.add(measurement.operationsPerSecond());
      remaining.end(pieceSeconds(SATURATING_SECONDS));
    }
    return saturatingRates;
  }

  private void measureRound(
      int round,
      RunningServers servers,
      Cell cell,
      Map<Cell, Long> rates,
      Results results,
      RemainingTime remaining)
      throws IOException {
    for (Contender contender : comparison.contenders()) {
      remaining.begin("%s: round %d of %d, %s".formatted(cell, round, rounds, contender.title()));
      Measurement measurement =
          generator.openLoop(
              contender,
              servers.get(contender),
              comparison.dataSet(),
              cell,
              seconds,
              requireNonNull(rates.get(cell)));
      if (round > 0) {
        results.add(contender, cell, measurement);
      }
      remaining.end(pieceSeconds(seconds));
    }
  }

  private String page(Map<Cell, Long> rates, Results results) throws IOException {
    StringBuilder text = new StringBuilder("# What operations cost at the same rate\n\n");
    text.append("Written by `bench/compare --same-rate`.\n\n")
        .append(bench.surroundings(comparison.contenders().stream(), 0))
        .append(
            """

            CPU time of the server for an operation, in µs, over RESP, %s: an open loop with %d connections, at
            %.0f %% of what the slowest of the servers does in a closed loop. The servers take turns, %d times %d s
            each. A cell shows the median and, in parentheses, the lowest and highest; a ratio is taken within each
            round.

            """
                .formatted(
                    comparison.dataSet().title(),
                    Generator.CONNECTIONS,
                    100 * Tail.SHARE_OF_SATURATION,
                    rounds,
                    seconds));
    for (Pair pair : comparison.pairs()) {
      append(text, pair, rates, results);
    }
    return text.toString();
  }

  private void append(StringBuilder text, Pair pair, Map<Cell, Long> rates, Results results) {
    text.append(
            "| operation | pipeline | operations/s | %s | %s | ratio |%n"
                .formatted(pair.of().title(), pair.to().title()))
        .append("| --- | --: | --: | --- | --- | --- |\n");
    rates.forEach((cell, rate) -> {
      text.append(
          "| %s | %d | %,d | %s | %s | %s |%n"
              .formatted(
                  cell.operation().title,
                  cell.pipeline(),
                  rate,
                  results.serverCpuMicros(pair.of(), cell).show(3),
                  results.serverCpuMicros(pair.to(), cell).show(3),
                  results.ratios(pair, cell, Measurement::serverCpuMicros).show(3)
                      + verdict(pair, cell, results)));
    });
    text.append('\n');
  }

  private static String verdict(Pair pair, Cell cell, Results results) {
    double wanted =
        switch (cell.pipeline()) {
          case 1 -> 0.95;
          case 16 -> 0.65;
          case 64 -> 0.55;
          default -> Double.NaN;
        };
    return pair.to().server() != Server.VALKEY || Double.isNaN(wanted)
        ? ""
        : ", "
            + Verdict.of(results.ratios(pair, cell, Measurement::serverCpuMicros), wanted).show();
  }
}
