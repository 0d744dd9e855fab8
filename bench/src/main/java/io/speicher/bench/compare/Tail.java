package io.speicher.bench.compare;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The slowest replies at a rate that all servers can bear: an open loop, so that a stall is not
 * hidden by a load that waits for it.
 */
final class Tail {
  static final double SHARE_OF_SATURATION = 0.7;
  private static final int SATURATING_SECONDS = 5;

  /** Starting, filling, and the first run. */
  private static final int FIRST_SECONDS = 10 + SATURATING_SECONDS;

  /**
   * Below this share of the rate that was asked for, a server or the load did not keep up. What was
   * late is in the latencies all the same.
   */
  private static final double KEPT_UP = 0.98;

  private static final double WANTED = 1.0;

  private final Bench bench;
  private final Comparison comparison;
  private final Cell cell;
  private final int rounds;
  private final int seconds;
  private final Generator generator;
  private final Map<Contender, Double> saturatingRates = new HashMap<>();

  Tail(Bench bench, List<Contender> contenders, Cell cell, int rounds, int seconds) {
    this.bench = bench;
    comparison =
        new Comparison(Protocol.RESP, DataSet.fitting(100, 1_000_000), contenders, List.of(cell));
    this.cell = cell;
    this.rounds = rounds;
    this.seconds = seconds;
    generator = bench.generator();
  }

  Duration expected() {
    int each = FIRST_SECONDS + rounds * pieceSeconds();
    return Duration.ofSeconds((long) comparison.contenders().size() * each);
  }

  private int pieceSeconds() {
    return 1 + Generator.WARM_UP_SECONDS + seconds;
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    try (RunningServers servers = bench.start(comparison.contenders(), 0)) {
      saturate(servers, remaining);
      long rate = rate(saturatingRates.values());
      return page(rate, measure(servers, rate, remaining));
    } finally {
      remaining.clear();
    }
  }

  /** The same for all, so it is that of the slowest that counts. */
  static long rate(Iterable<Double> saturatingRates) {
    double lowest = Double.MAX_VALUE;
    for (double saturating : saturatingRates) {
      lowest = Math.min(lowest, saturating);
    }
    return (long) (SHARE_OF_SATURATION * lowest);
  }

  private void saturate(RunningServers servers, RemainingTime remaining) throws IOException {
    for (Contender contender : comparison.contenders()) {
      remaining.begin("finding the most that %s can do".formatted(contender.title()));
      RunningServer server = servers.get(contender);
      generator.preload(contender, server, comparison.dataSet());
      Measurement measurement =
          generator.closedLoop(contender, server, comparison.dataSet(), cell, SATURATING_SECONDS);
      saturatingRates.put(contender, measurement.operationsPerSecond());
      remaining.end(FIRST_SECONDS);
    }
  }

  private Results measure(RunningServers servers, long rate, RemainingTime remaining)
      throws IOException {
    Results results = new Results(comparison);
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : comparison.contenders()) {
        remaining.begin(
            "%,d operations/s: round %d of %d, %s"
                .formatted(rate, round, rounds, contender.title()));
        results.add(
            contender,
            cell,
            generator.openLoop(
                contender, servers.get(contender), comparison.dataSet(), cell, seconds, rate));
        remaining.end(pieceSeconds());
      }
    }
    return results;
  }

  private String page(long rate, Results results) throws IOException {
    StringBuilder text = new StringBuilder("# The slowest replies\n\n");
    text.append("Written by `bench/compare --tail`.\n\n")
        .append(bench.surroundings(comparison.contenders().stream(), 0))
        .append(
            """

            %s, %s, over RESP. An open loop of %,d operations/s for each server, %.0f %% of what the slowest of
            them does in a closed loop with %d connections and a pipeline of %d; a latency begins when the
            request was due. The servers take turns, %d times %d s each. A cell shows the median of these and, in
            parentheses, the lowest and highest; a ratio is taken within each round.

            """
                .formatted(
                    cell.operation().title,
                    comparison.dataSet().title(),
                    rate,
                    100 * SHARE_OF_SATURATION,
                    Generator.CONNECTIONS,
                    cell.pipeline(),
                    rounds,
                    seconds));
    appendLatencies(text, rate, results);
    text.append('\n');
    for (Pair pair : comparison.pairs()) {
      text.append("p99.9 %s: %s%n".formatted(pair.title(), ratio(results, pair)));
    }
    return text.toString();
  }

  private String ratio(Results results, Pair pair) {
    Rounds ratios = results.ratios(pair, cell, Measurement::p999Micros);
    return ratios.show(3) + ", " + Verdict.of(ratios, WANTED).show() + "\n";
  }

  private void appendLatencies(StringBuilder text, long rate, Results results) {
    text.append(
        """
        | server | most operations/s | p50 (µs) | p99 (µs) | p99.9 (µs) | rounds that kept up | load busy (%) |
        | --- | --: | --- | --- | --- | --: | --- |
        """);
    for (Contender contender : comparison.contenders()) {
      text.append(
          "| %s | %,.0f | %s | %s | %s | %d of %d | %s |%n"
              .formatted(
                  contender.title(),
                  saturatingRates.get(contender),
                  results.rounds(contender, cell, Measurement::p50Micros).show(0),
                  results.rounds(contender, cell, Measurement::p99Micros).show(0),
                  results.rounds(contender, cell, Measurement::p999Micros).show(0),
                  results.count(
                      contender,
                      cell,
                      measurement -> measurement.operationsPerSecond() >= KEPT_UP * rate),
                  rounds,
                  results
                      .rounds(contender, cell, measurement -> 100 * measurement.generatorBusy())
                      .show(0)));
    }
  }
}
