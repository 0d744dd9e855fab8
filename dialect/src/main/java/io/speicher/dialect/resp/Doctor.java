package io.speicher.dialect.resp;

import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.LatencyEvent;
import io.speicher.protocol.LatencyEvent.Delay;
import io.speicher.protocol.Quantities;
import io.speicher.protocol.Reply;
import io.speicher.protocol.ServerStats;
import java.util.ArrayList;
import java.util.List;

/** LATENCY DOCTOR and MEMORY DOCTOR: what the figures mean, and what can be done, in words. */
final class Doctor {
  /** A hit ratio that is lower, while items are evicted, asks for more memory. */
  private static final double POOR_HIT_RATIO = 0.8;

  /** Of fewer reads nothing can be said. */
  private static final long MIN_READS = 1_000;

  private static final double NEARLY_FULL = 0.9;

  private Doctor() {}

  // ---- latency ----

  static String ofLatency(Reply.Inspected found) {
    if (found.latencyEvents().isEmpty()) {
      return "Nothing has held up this server since it was started, or since LATENCY RESET.\n"
          + "Noted are commands that take as long as slowlog-log-slower-than, garbage collection,"
          + " and slow maintenance.\n";
    }
    StringBuilder text = new StringBuilder("These events have held up this server:\n\n");
    for (LatencyEvent event : found.latencyEvents()) {
      List<Delay> delays = event.delays();
      double mean = delays.stream().mapToLong(Delay::millis).average().orElse(0);
      text.append(
          "- %s: in %d seconds; the longest of a second took %.0f ms on average, and %d ms at most.\n  %s\n"
              .formatted(
                  event.name(), delays.size(), mean, event.maxMillis(), advice(event.name())));
    }
    return text.toString();
  }

  private static String advice(String event) {
    return switch (event) {
      case "command" ->
          "SLOWLOG GET tells which ones. Commands over many keys hold up those of one key less if"
              + " they are split; SCAN does not hold up others as KEYS does.";
      case "gc" ->
          "Every thread waits meanwhile. Items are not in the Java heap, so its size depends on"
              + " connections: with thousands of them, raise -Xmx in SPEICHER_JAVA_OPTS.";
      default ->
          "The background work took long: the machine may be short of processors, or of memory.";
    };
  }

  // ---- memory ----

  static String ofMemory(ServerStats stats) {
    List<String> findings = new ArrayList<>();
    evictions(stats, findings);
    connections(stats, findings);
    resident(stats, findings);
    if (findings.isEmpty()) {
      return "The memory of this server is in order: %s of %s are used.\n"
          .formatted(size(stats, Gauge.USED_BYTES), size(stats, Gauge.BUDGET_BYTES));
    }
    return "- " + String.join("\n- ", findings) + "\n";
  }

  private static void evictions(ServerStats stats, List<String> findings) {
    long hits = stats.of(Counter.GET_HITS);
    long reads = hits + stats.of(Counter.GET_MISSES);
    double ratio = reads == 0 ? 1 : (double) hits / reads;
    if (stats.of(Gauge.EVICTED_ITEMS) > 0 && reads >= MIN_READS && ratio < POOR_HIT_RATIO) {
      findings.add(
          "%d items were evicted to make room, and only %.1f %% of reads hit. With more --memory, or shorter values, fewer would be evicted."
              .formatted(stats.of(Gauge.EVICTED_ITEMS), 100 * ratio));
    }
  }

  private static void connections(ServerStats stats, List<String> findings) {
    long budget = stats.of(Gauge.CONNECTION_BUDGET_BYTES);
    if (budget > 0 && stats.of(Gauge.CONNECTION_BYTES) > NEARLY_FULL * budget) {
      findings.add(
          "Connections hold %s of the %s that they may hold; what needs more has to wait. CLIENT LIST tells which ones (tot-mem): clients that do not read, or long requests. --connection-memory gives them more."
              .formatted(
                  size(stats, Gauge.CONNECTION_BYTES), size(stats, Gauge.CONNECTION_BUDGET_BYTES)));
    }
  }

  private static void resident(ServerStats stats, List<String> findings) {
    long planned = stats.of(Gauge.BUDGET_BYTES) + stats.of(Gauge.CONNECTION_BUDGET_BYTES);
    long process = 256L << 20;
    if (stats.of(Gauge.RESIDENT_BYTES) > planned + process) {
      findings.add(
          "The process has %s in memory, more than items and connections may take. The Java heap and its threads take the rest: see SPEICHER_JAVA_OPTS."
              .formatted(size(stats, Gauge.RESIDENT_BYTES)));
    }
  }

  private static String size(ServerStats stats, Gauge gauge) {
    return Quantities.ofBytes(stats.of(gauge));
  }
}
