package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Measurement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** What one comparison measured, round by round. */
final class Results {
  final Comparison comparison;
  private final Map<Key, List<Measurement>> measurements = new HashMap<>();

  Results(Comparison comparison) {
    this.comparison = comparison;
  }

  private record Key(Contender contender, Cell cell) {}

  /** To be called once for each contender and cell in each round. */
  void add(Contender contender, Cell cell, Measurement measurement) {
    measurements.computeIfAbsent(new Key(contender, cell), _ -> new ArrayList<>()).add(measurement);
  }

  Rounds rounds(Contender contender, Cell cell, ToDoubleFunction<Measurement> figure) {
    Rounds rounds = new Rounds();
    of(contender, cell).forEach(measurement -> rounds.add(figure.applyAsDouble(measurement)));
    return rounds;
  }

  Rounds serverCpuMicros(Contender contender, Cell cell) {
    return rounds(contender, cell, Measurement::serverCpuMicros);
  }

  /**
   * The ratios of the two within each round. What a machine does for a while, it does to both, so
   * these vary less than the ratio of two medians.
   */
  Rounds ratios(Pair pair, Cell cell, ToDoubleFunction<Measurement> figure) {
    List<Measurement> of = of(pair.of(), cell);
    List<Measurement> to = of(pair.to(), cell);
    Rounds ratios = new Rounds();
    for (int round = 0; round < of.size(); round++) {
      ratios.add(figure.applyAsDouble(of.get(round)) / figure.applyAsDouble(to.get(round)));
    }
    return ratios;
  }

  /** Whether the server could have done more in any of the rounds. */
  boolean generatorWasTheBottleneck(Contender contender, Cell cell) {
    return count(contender, cell, Measurement::generatorWasTheBottleneck) > 0;
  }

  /** In how many rounds something was the case. */
  int count(Contender contender, Cell cell, Predicate<Measurement> what) {
    return (int) of(contender, cell).stream().filter(what).count();
  }

  private List<Measurement> of(Contender contender, Cell cell) {
    return requireNonNull(measurements.get(new Key(contender, cell)));
  }
}
