package io.speicher.bench.compare;

import io.speicher.bench.process.Measurement;
import java.io.IOException;

/** Measures comparisons. */
final class ComparisonRun {
  /** Of the load generator's process, beside what it was asked for. */
  private static final double START_SECONDS = 1;

  /** Round 0 is for the compilers and the caches, and is thrown away. */
  private static final int FIRST_SECONDS = 1;

  /** What a server stores at least in a second. */
  private static final double PRELOADED_PER_SECOND = 300_000;

  private final Bench bench;
  private final Generator generator;
  private final int rounds;
  private final int seconds;

  ComparisonRun(Bench bench, int rounds, int seconds) {
    this.bench = bench;
    generator = bench.generator();
    this.rounds = rounds;
    this.seconds = seconds;
  }

  /** How long one comparison should take. */
  double expectedSeconds(Comparison comparison) {
    int columns = comparison.contenders().size();
    return columns
        * (preloadSeconds(comparison)
            + comparison.cells().size() * (cellSeconds(0) + rounds * cellSeconds(1)));
  }

  private static double preloadSeconds(Comparison comparison) {
    return 2 * START_SECONDS + comparison.dataSet().keyCount() / PRELOADED_PER_SECOND;
  }

  private double cellSeconds(int round) {
    return START_SECONDS + Generator.WARM_UP_SECONDS + duration(round);
  }

  private int duration(int round) {
    return round == 0 ? FIRST_SECONDS : seconds;
  }

  Results measure(Comparison comparison, RemainingTime remaining) throws IOException {
    Results results = new Results(comparison);
    try (RunningServers servers = bench.start(comparison.contenders(), 0)) {
      fill(comparison, servers, remaining);
      for (int round = 0; round <= rounds; round++) {
        measureRound(round, servers, results, remaining);
      }
    }
    return results;
  }

  private void fill(Comparison comparison, RunningServers servers, RemainingTime remaining)
      throws IOException {
    for (Contender contender : comparison.contenders()) {
      remaining.begin("%s: filling %s".formatted(comparison.title(), contender.title()));
      generator.preload(contender, servers.get(contender), comparison.dataSet());
      remaining.end(preloadSeconds(comparison));
    }
  }

  /** The contenders take turns at each cell: A B C, A B C. */
  private void measureRound(
      int round, RunningServers servers, Results results, RemainingTime remaining)
      throws IOException {
    Comparison comparison = results.comparison;
    for (Cell cell : comparison.cells()) {
      for (Contender contender : comparison.contenders()) {
        remaining.begin(step(comparison, round, cell, contender));
        Measurement measurement =
            generator.closedLoop(
                contender, servers.get(contender), comparison.dataSet(), cell, duration(round));
        remaining.end(cellSeconds(round));
        if (round > 0) {
          results.add(contender, cell, measurement);
        }
      }
    }
  }

  private String step(Comparison comparison, int round, Cell cell, Contender contender) {
    String which = round == 0 ? "warming up" : "round %d of %d".formatted(round, rounds);
    return "%s: %s, %s, %s".formatted(comparison.title(), which, cell, contender.title());
  }
}
