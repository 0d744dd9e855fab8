package io.speicher.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.HdrHistogram.Histogram;

/** The result as JSON, for programs and for later reports. */
final class ResultJson {
  private ResultJson() {}

  static String of(Result result) {
    Settings settings = result.settings();
    Mix mix = settings.mix();
    Result.ServerUse server = result.server();
    return new Json()
        .add("target", settings.target().text())
        .add("connections", settings.connections())
        .add("pipeline", settings.pipeline())
        .add("threads", settings.threads())
        .add("keys", settings.keys())
        .add("distribution", settings.distribution().text())
        .add("valueSize", settings.valueSizes().text())
        .addRaw(
            "mix",
            new Json()
                .add("get", mix.get())
                .add("set", mix.set())
                .add("delete", mix.delete())
                .end())
        .add("rate", settings.rate() == 0 ? null : settings.rate())
        .add("seconds", Double.valueOf(result.seconds()))
        .add("operations", result.operations())
        .add("operationsPerSecond", Double.valueOf(result.operationsPerSecond()))
        .add("hits", result.counters().hits())
        .add("misses", result.counters().misses())
        .add("errors", result.counters().errors())
        .addRaw("latencyMicros", latency(result.all()))
        .add("clientCpuMicrosPerOperation", Double.valueOf(result.clientMicrosPerOperation()))
        .add("generatorBusy", Double.valueOf(result.generatorBusy()))
        .add("serverCpuMicrosPerOperation", result.serverMicrosPerOperation())
        .add("serverBusy", server == null ? null : Double.valueOf(server.busy()))
        .add("bottleneck", result.bottleneck().name().toLowerCase(Locale.ROOT))
        .addRaw("series", series(result.series()))
        .addRaw("percentiles", percentiles(result.all()))
        .end();
  }

  private static String latency(Histogram latencies) {
    return new Json()
        .add("mean", Double.valueOf(Recording.micros(latencies.getMean())))
        .add("p50", Double.valueOf(Recording.micros(latencies, 50)))
        .add("p90", Double.valueOf(Recording.micros(latencies, 90)))
        .add("p99", Double.valueOf(Recording.micros(latencies, 99)))
        .add("p999", Double.valueOf(Recording.micros(latencies, 99.9)))
        .add("p9999", Double.valueOf(Recording.micros(latencies, 99.99)))
        .add("max", Double.valueOf(Recording.micros(latencies, 100)))
        .end();
  }

  private static String series(List<Second> series) {
    StringJoiner all = new StringJoiner(",", "[", "]");
    for (Second second : series) {
      all.add(
          new Json()
              .add("second", second.second())
              .add("operations", second.operations())
              .add("p50", Double.valueOf(second.p50()))
              .add("p99", Double.valueOf(second.p99()))
              .add("p999", Double.valueOf(second.p999()))
              .end());
    }
    return all.toString();
  }

  private static String percentiles(Histogram latencies) {
    StringJoiner all = new StringJoiner(",", "[", "]");
    for (double percentile : curve(latencies.getTotalCount())) {
      all.add(
          "[%s,%s]"
              .formatted(
                  Json.number(percentile), Json.number(Recording.micros(latencies, percentile))));
    }
    return all.toString();
  }

  /** Percentiles in equal distances on a scale of nines, as far as the operations tell them. */
  static List<Double> curve(long operations) {
    List<Double> percentiles = new ArrayList<>(List.of(0.0));
    for (int step = 1; step <= 60; step++) {
      double rest = Math.pow(10, -step / 10.0);
      if (rest * operations < 1) {
        break;
      }
      percentiles.add(100 * (1 - rest));
    }
    percentiles.add(100.0);
    return percentiles;
  }
}
