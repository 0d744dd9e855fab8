package io.speicher.bench.traces;

import io.speicher.store.HitRatioCurve;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a store's own estimate of what stores of other sizes would hit is from what they do hit.
 *
 * @param points by size, the smallest first
 */
record Estimate(String title, long budgetBytes, List<Point> points) {
  /** With it, some thousand items are as many as the smallest store of a curve takes. */
  private static final int VALUE_BYTES = 1_100;

  /** What an item takes of the budget, about: key, value, header and slot. */
  private static final int ITEM_BYTES = StoreCache.NUMBER_BYTES + VALUE_BYTES + 16;

  /** Hit ratios at one size, 0 to 1. */
  record Point(double scale, long budgetBytes, double estimated, double replayed) {
    /** In points. */
    double error() {
      return 100 * Math.abs(estimated - replayed);
    }
  }

  /** Replays a trace with a store of about so many items, and with stores of all other sizes. */
  static Estimate of(String title, Trace trace, int itemCount) {
    long budgetBytes = (long) itemCount * ITEM_BYTES;
    List<Point> points = new ArrayList<>();
    try (StoreCache store = StoreCache.ofBudget(budgetBytes, VALUE_BYTES)) {
      replay(trace, store);
      for (HitRatioCurve.Point point : store.hitRatioCurve().lastDay().points()) {
        points.add(
            new Point(
                point.scale(),
                point.budgetBytes(),
                point.hitRatio(),
                replayed(trace, point.budgetBytes())));
      }
    }
    return new Estimate(title, budgetBytes, List.copyOf(points));
  }

  double meanError() {
    return points.stream().mapToDouble(Point::error).average().orElseThrow();
  }

  private static double replayed(Trace trace, long budgetBytes) {
    try (StoreCache store = StoreCache.ofBudget(budgetBytes, VALUE_BYTES)) {
      return replay(trace, store);
    }
  }

  private static double replay(Trace trace, StoreCache store) {
    long hits = 0;
    for (int i = 0; i < trace.requestCount(); i++) {
      hits += store.request(trace.request(i), 1) ? 1 : 0;
    }
    return (double) hits / trace.requestCount();
  }
}
