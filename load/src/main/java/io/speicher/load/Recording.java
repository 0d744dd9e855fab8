package io.speicher.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Puts together what the threads measure, second by second. One thread uses it. */
final class Recording {
  private final List<Meter> meters;
  private final Map<Operation, Histogram> totals = new EnumMap<>(Operation.class);
  private final Histogram interval = histogram();
  private final List<Second> seconds = new ArrayList<>();
  private Counters start;

  Recording(List<Meter> meters) {
    this.meters = meters;
    for (Operation operation : Operation.ALL) {
      totals.put(operation, histogram());
    }
    start = counters();
  }

  static Histogram histogram() {
    return new Histogram(1, Meter.LONGEST_NANOS, Meter.SIGNIFICANT_DIGITS);
  }

  /** Forgets everything so far. */
  void restart() {
    takeInterval();
    totals.values().forEach(Histogram::reset);
    seconds.clear();
    start = counters();
  }

  /** Ends a second, and returns what was measured in it; valid until the next call. */
  Histogram endSecond() {
    takeInterval();
    seconds.add(second(seconds.size() + 1, interval.getTotalCount(), interval));
    return interval;
  }

  /**
   * Ends the recording in the middle of a second. A short rest is no second of its own: it belongs
   * to the one before.
   */
  Histogram endRest(boolean isShort) {
    if (!isShort || seconds.isEmpty()) {
      return endSecond();
    }
    takeInterval();
    Second last = seconds.removeLast();
    seconds.add(
        new Second(
            last.second(),
            last.operations() + interval.getTotalCount(),
            last.p50(),
            last.p99(),
            last.p999()));
    return interval;
  }

  private void takeInterval() {
    interval.reset();
    for (Operation operation : Operation.ALL) {
      Histogram total = totals.get(operation);
      for (Meter meter : meters) {
        Histogram taken = meter.takeLatencies(operation);
        interval.add(taken);
        if (total != null) {
          total.add(taken);
        }
      }
    }
  }

  private static Second second(int number, long operations, Histogram latencies) {
    return new Second(
        number, operations, micros(latencies, 50), micros(latencies, 99), micros(latencies, 99.9));
  }

  static double micros(double nanos) {
    return nanos / 1_000;
  }

  /** The latency that so many percent of the operations do not exceed. */
  static double micros(Histogram latencies, double percentile) {
    return micros((double) latencies.getValueAtPercentile(percentile));
  }

  /** The latencies of each operation that there was. */
  Map<Operation, Histogram> latencies() {
    Map<Operation, Histogram> found = new EnumMap<>(totals);
    found.values().removeIf(latencies -> latencies.getTotalCount() == 0);
    return found;
  }

  /** The latencies of all operations. */
  Histogram allLatencies() {
    Histogram all = histogram();
    totals.values().forEach(all::add);
    return all;
  }

  long operations() {
    return totals.values().stream().mapToLong(Histogram::getTotalCount).sum();
  }

  List<Second> seconds() {
    return List.copyOf(seconds);
  }

  /** What was counted since the last restart. */
  Counters counted() {
    Counters now = counters();
    return new Counters(
        now.hits - start.hits, now.misses - start.misses, now.errors - start.errors);
  }

  private Counters counters() {
    return new Counters(
        meters.stream().mapToLong(Meter::hits).sum(),
        meters.stream().mapToLong(Meter::misses).sum(),
        meters.stream().mapToLong(Meter::errors).sum());
  }

  /** How reads went, and how many operations the server refused. */
  record Counters(long hits, long misses, long errors) {}
}
