package io.speicher.tck;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A whole run, for the reports.
 *
 * @param server host and port
 * @param start when the run began
 */
record RunSummary(
    String server, Dialect dialect, Case.Level level, Instant start, List<CaseResult> results) {
  RunSummary {
    results = List.copyOf(results);
  }

  /** The topics that have results, in the order in which they ran. */
  List<String> topics() {
    return results.stream().map(result -> result.testCase().topic()).distinct().toList();
  }

  List<CaseResult> resultsOf(String topic) {
    return results.stream().filter(result -> result.testCase().topic().equals(topic)).toList();
  }

  static long failed(List<CaseResult> results) {
    return results.stream().filter(result -> !result.passed()).count();
  }

  static Duration time(List<CaseResult> results) {
    return results.stream().map(CaseResult::time).reduce(Duration.ZERO, Duration::plus);
  }

  /** Seconds with three decimals, whatever the language of the machine. */
  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.3f", time.toNanos() / 1e9);
  }
}
