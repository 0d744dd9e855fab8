package io.speicher.bench.traces;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** All policies over the sizes of one trace. */
final class Comparison {
  /** How many sizes, evenly spread, make a curve; those of the table come on top. */
  private static final int CURVE_POINTS = 10;

  final BundledTrace trace;
  final List<Row> rows;

  private Comparison(BundledTrace trace, List<Row> rows) {
    this.trace = trace;
    this.rows = rows;
  }

  /**
   * Hit ratios at one size.
   *
   * @param isInTable whether it is one of the sizes that others have published for the trace, too
   */
  record Row(int itemCount, boolean isInTable, Map<Policy, Double> hitRatios) {
    double hitRatio(Policy policy) {
      return requireNonNull(hitRatios.get(policy));
    }
  }

  List<Row> tableRows() {
    return rows.stream().filter(Row::isInTable).toList();
  }

  /**
   * Replays all there is.
   *
   * @param curveItems the largest size of the curve
   * @param tableItems the sizes of the table
   */
  static Comparison of(BundledTrace name, Trace trace, int curveItems, int... tableItems) {
    TreeSet<Integer> sizes = new TreeSet<>();
    for (int i = 1; i <= CURVE_POINTS; i++) {
      sizes.add(curveItems / CURVE_POINTS * i);
    }
    List<Integer> inTable = IntStream.of(tableItems).boxed().toList();
    sizes.addAll(inTable);
    List<Row> rows = new ArrayList<>();
    for (int size : sizes) {
      Map<Policy, Double> hitRatios = new EnumMap<>(Policy.class);
      for (Policy policy : Policy.values()) {
        Replay replay = Replay.of(trace, policy, Capacity.ofItems(size));
        hitRatios.put(policy, replay.hitRatio());
      }
      rows.add(new Row(size, inTable.contains(size), hitRatios));
    }
    return new Comparison(name, rows);
  }
}
