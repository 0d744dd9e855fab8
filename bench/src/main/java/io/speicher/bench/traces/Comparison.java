package io.speicher.bench.traces;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** All policies over the sizes of one trace. */
final class Comparison {
  /** How many sizes, evenly spread, make a curve; those of the table come on top. */
  private static final int CURVE_POINTS = 10;

  final String title;
  final String description;
  final boolean isOfServer;
  final List<Row> rows;

  private Comparison(String title, String description, boolean isOfServer, List<Row> rows) {
    this.title = title;
    this.description = description;
    this.isOfServer = isOfServer;
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

    double shareOfOpt(Policy policy) {
      return hitRatio(policy) / hitRatio(Policy.OPT);
    }

    /** Which of some policies hits most. */
    Policy best(List<Policy> policies) {
      return policies.stream().max(Comparator.comparingDouble(this::hitRatio)).orElseThrow();
    }
  }

  List<Row> tableRows() {
    return rows.stream().filter(Row::isInTable).toList();
  }

  /**
   * Replays all there is.
   *
   * @param curveItems the largest size of the curve, or 0 if that has the sizes of the table only
   * @param tableItems the sizes of the table
   */
  static Comparison of(BundledTrace name, Trace trace, int curveItems, int... tableItems) {
    return new Comparison(
        name.title(), name.description, name.isOfServer(), rows(trace, curveItems, tableItems));
  }

  /** As the other one, for a trace from a file, of a disk. */
  static Comparison of(
      String title, String description, Trace trace, int curveItems, int... tableItems) {
    return new Comparison(title, description, false, rows(trace, curveItems, tableItems));
  }

  private static List<Row> rows(Trace trace, int curveItems, int... tableItems) {
    TreeSet<Integer> sizes = new TreeSet<>();
    for (int i = 1; curveItems > 0 && i <= CURVE_POINTS; i++) {
      sizes.add(curveItems / CURVE_POINTS * i);
    }
    List<Integer> inTable = IntStream.of(tableItems).boxed().toList();
    sizes.addAll(inTable);
    List<Row> rows = new ArrayList<>();
    for (int size : sizes) {
      Map<Policy, Double> hitRatios = new EnumMap<>(Policy.class);
      boolean isInTable = inTable.contains(size);
      for (Policy policy : isInTable ? List.of(Policy.values()) : CurvesSvg.POLICIES) {
        Replay replay = Replay.of(trace, policy, Capacity.ofItems(size));
        hitRatios.put(policy, replay.hitRatio());
      }
      rows.add(new Row(size, isInTable, hitRatios));
    }
    return rows;
  }
}
