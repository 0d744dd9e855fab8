package io.speicher.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.protocol.Gauge;
import io.speicher.protocol.Metric;
import io.speicher.protocol.ServerStats;
import io.speicher.server.admin.MetricsText.FamilyType;
import io.speicher.server.http.HttpRequest;
import io.speicher.server.http.Page;
import io.speicher.server.http.Route;
import io.speicher.server.http.Route.Right;
import org.jspecify.annotations.Nullable;

/**
 * All numbers, for Prometheus: those that are declared as {@link Metric}s under the names that
 * follow from their declarations, and what is usual to be told of a process.
 */
final class MetricsPage {
  private static final String SECONDS = "seconds";
  private static final String BYTES = "bytes";

  private final ServerStatus status;

  MetricsPage(ServerStatus status) {
    this.status = status;
  }

  Route route() {
    return Route.get("/metrics", Right.USER, this::page);
  }

  private Page page(HttpRequest request) {
    MetricsText text = new MetricsText(request.accept().contains(MetricsText.OPEN_METRICS));
    ServerStats stats = status.stats();
    text.family("speicher_build", FamilyType.INFO, null, "The version of the server program.")
        .sample("_info", "1", "version", stats.version());
    for (Metric metric : ServerStats.metrics()) {
      if (isShown(metric)) {
        add(metric, stats.of(metric), text);
      }
    }
    CommandFamilies.write(stats, text);
    NamespaceFamilies.write(stats.namespaces(), text);
    process(stats, text);
    return Page.of(text.contentType(), text.end().getBytes(UTF_8));
  }

  /** A rate is computed better by who reads, and a port is no measurement. */
  private static boolean isShown(Metric metric) {
    return metric != Gauge.COMMANDS_PER_SECOND && metric != Gauge.PORT;
  }

  private static void add(Metric metric, long number, MetricsText text) {
    String unit = unit(metric);
    String name = name(metric, unit);
    FamilyType type = metric.isTotal() ? FamilyType.COUNTER : FamilyType.GAUGE;
    text.family(name, type, unit, metric.help())
        .sample(metric.isTotal() ? "_total" : "", value(metric, number));
  }

  private static @Nullable String unit(Metric metric) {
    return switch (metric.unit()) {
      case COUNT -> null;
      case BYTES -> BYTES;
      case MILLIS, CPU_MICROS -> SECONDS;
    };
  }

  /**
   * In base units, as Prometheus wants it: {@code uptime_ms} is {@code speicher_uptime_seconds}.
   */
  private static String name(Metric metric, @Nullable String unit) {
    String name = "speicher_" + metric.jsonName().replaceFirst("_(ms|us|bytes)$", "");
    return unit == null ? name : name + "_" + unit;
  }

  private static String value(Metric metric, long number) {
    return switch (metric.unit()) {
      case COUNT, BYTES -> Long.toString(number);
      case MILLIS -> Double.toString(number / 1e3);
      case CPU_MICROS -> Double.toString(number / 1e6);
    };
  }

  /** The names that Prometheus's own libraries have for these. */
  private static void process(ServerStats stats, MetricsText text) {
    double cpuSeconds = (stats.of(Gauge.USER_CPU) + stats.of(Gauge.SYSTEM_CPU)) / 1e6;
    double startSeconds = (stats.nowMillis() - stats.of(Gauge.UPTIME)) / 1e3;
    text.family(
            "process_cpu_seconds", FamilyType.COUNTER, SECONDS, "Processor time of the process.")
        .sample("_total", Double.toString(cpuSeconds));
    text.family(
            "process_resident_memory_bytes",
            FamilyType.GAUGE,
            BYTES,
            "What the process has in memory.")
        .sample("", Long.toString(stats.of(Gauge.RESIDENT_BYTES)));
    text.family(
            "process_start_time_seconds",
            FamilyType.GAUGE,
            SECONDS,
            "When the process started, in seconds since 1970.")
        .sample("", Double.toString(startSeconds));
  }
}
