package io.speicher.bench.process;

import java.io.IOException;

/**
 * What the load generator said about one server under one load.
 *
 * @param serverCpuMicros user and system time that the server took for an operation
 * @param clientCpuMicros the same of the generator
 * @param generatorBusy the share of its threads' time that the generator was at work
 * @param generatorWasTheBottleneck whether the server could have done more
 */
public record Measurement(
    long operations,
    double operationsPerSecond,
    long errors,
    long misses,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double serverCpuMicros,
    double clientCpuMicros,
    double generatorBusy,
    boolean generatorWasTheBottleneck) {

  /** Reads the object that {@code ./speicher bench --json} prints. */
  static Measurement parse(String json) throws IOException {
    FlatJson result = FlatJson.parse(json);
    return new Measurement(
        (long) result.number("operations"),
        result.number("operationsPerSecond"),
        (long) result.number("errors"),
        (long) result.number("misses"),
        result.number("latencyMicros.p50"),
        result.number("latencyMicros.p99"),
        result.number("latencyMicros.p999"),
        result.number("serverCpuMicrosPerOperation"),
        result.number("clientCpuMicrosPerOperation"),
        result.number("generatorBusy"),
        result.text("bottleneck").equals("generator"));
  }

  /**
   * Every key was stored before, so that a figure with misses or errors is one of something else.
   */
  public Measurement requireClean(String what) throws IOException {
    if (operations == 0) {
      throw new IOException("%s: no operation was answered; nothing was measured".formatted(what));
    }
    if (errors > 0) {
      throw new IOException(
          "%s: %,d of %,d operations were answered with an error; a figure with errors in it is refused"
              .formatted(what, errors, operations));
    }
    if (misses > 0) {
      throw new IOException(
          "%s: %,d of %,d operations missed, though every key had been stored; a figure with misses in it is refused"
              .formatted(what, misses, operations));
    }
    return this;
  }
}
