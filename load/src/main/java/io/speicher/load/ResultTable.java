package io.speicher.load;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The result as text for a person. */
final class ResultTable {
  private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99, 100};
  private static final String LATENCY_HEAD =
      "%-12s %14s %10s %10s %10s %10s %10s %10s %10s%n"
          .formatted(
              "latency, µs", "operations", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max");

  private final Result result;
  private final StringBuilder text = new StringBuilder();

  private ResultTable(Result result) {
    this.result = result;
  }

  static String of(Result result) {
    ResultTable table = new ResultTable(result);
    table.settings();
    table.totals();
    table.latencies();
    table.costs();
    table.remarks();
    return table.text.toString();
  }

  private void settings() {
    Settings settings = result.settings();
    line(
        "%s: %,d connections, pipeline %,d, %s, %s",
        settings.target().text(),
        settings.connections(),
        settings.pipeline(),
        settings.threads() == 1 ? "1 thread" : settings.threads() + " threads",
        settings.rate() == 0 ? "closed loop" : "%,.0f operations/s".formatted(settings.rate()));
    line(
        "%,d keys of %d bytes (%s), values of %s bytes, %s",
        settings.keys(),
        settings.keyPrefix().length() + Decimal.KEY_DIGITS,
        settings.distribution().text(),
        settings.valueSizes().text(),
        settings.mix().text());
    line("");
  }

  private void totals() {
    Recording.Counters counters = result.counters();
    long gets = counters.hits() + counters.misses();
    line("%-12s %14.2f s", "measured", result.seconds());
    line("%-12s %,14d", "operations", result.operations());
    line("%-12s %,14.0f operations/s", "throughput", result.operationsPerSecond());
    if (gets > 0) {
      line("%-12s %,14d", "hits", counters.hits());
      line(
          "%-12s %,14d (%.2f %% of reads)",
          "misses", counters.misses(), 100.0 * counters.misses() / gets);
    }
    line("%-12s %,14d", "errors", counters.errors());
    line("");
  }

  private void latencies() {
    text.append(LATENCY_HEAD);
    for (Map.Entry<Operation, Histogram> entry : result.latencies().entrySet()) {
      latencies(entry.getKey().label(), entry.getValue());
    }
    if (result.latencies().size() != 1) {
      latencies("all", result.all());
    }
    line("");
  }

  private void latencies(String label, Histogram latencies) {
    text.append(
        String.format(
            Locale.ROOT,
            "%-12s %,14d %,10.1f",
            label,
            latencies.getTotalCount(),
            Recording.micros(latencies.getMean())));
    for (double percentile : PERCENTILES) {
      text.append(String.format(Locale.ROOT, " %,10.1f", Recording.micros(latencies, percentile)));
    }
    text.append(System.lineSeparator());
  }

  private void costs() {
    line(
        "%-12s %14.2f µs of processor time for an operation; its %s %.0f %% busy",
        "generator",
        result.clientMicrosPerOperation(),
        result.settings().threads() == 1 ? "thread was" : "threads were",
        100 * result.generatorBusy());
    Result.ServerUse server = result.server();
    Double serverMicros = result.serverMicrosPerOperation();
    if (server != null && serverMicros != null) {
      line(
          "%-12s %14.2f µs of processor time for an operation; it kept %.2f processors busy, its"
              + " busiest thread %.0f %%",
          "server", serverMicros, server.busy(), 100 * server.busiestThread());
    }
  }

  private void remarks() {
    if (result.bottleneck() == Result.Bottleneck.GENERATOR) {
      line("");
      line(
          "The generator was the bottleneck, not the server: its threads had no time to spare. The"
              + " server can do more.");
      line("Give it more --threads (and processors that the server does not use), or a --rate.");
    }
    if (result.unsent() > 0) {
      line("");
      line(
          "%,d operations were due and could not be sent in time: the rate was not reached.",
          result.unsent());
    }
    if (!result.errorLines().isEmpty()) {
      line("");
      line("errors of the server, the first of each kind:");
      result.errorLines().forEach(error -> line("  %s", error));
    }
  }

  @FormatMethod
  private void line(@FormatString String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
