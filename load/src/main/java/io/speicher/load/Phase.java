package io.speicher.load;

import java.time.Duration;

/**
 * A part of a run. It ends when its time is over or its requests are answered, and then all replies
 * are waited for, so no phase sees replies of another.
 *
 * @param title what it is called while it runs, or empty for the measurement itself
 * @param rate operations per second in all, or 0 to send as fast as replies come
 * @param duration how long to send, or zero when {@code requests} says when to end
 * @param requests how many operations, or 0 when {@code duration} says when to end
 */
record Phase(
    String title,
    Mix mix,
    KeyDistribution distribution,
    int pipeline,
    double rate,
    Duration duration,
    long requests) {

  static final int PRELOAD_PIPELINE = 64;

  static Phase preload(Settings settings) {
    return new Phase(
        "preload",
        Mix.SETS,
        new KeyDistribution.Sequential(),
        PRELOAD_PIPELINE,
        0,
        Duration.ZERO,
        settings.keys());
  }

  static Phase warmUp(Settings settings) {
    return new Phase(
        "warm-up",
        settings.mix(),
        settings.distribution(),
        settings.pipeline(),
        settings.rate(),
        settings.warmUp(),
        0);
  }

  static Phase measurement(Settings settings) {
    return new Phase(
        "",
        settings.mix(),
        settings.distribution(),
        settings.pipeline(),
        settings.rate(),
        settings.requests() == 0 ? settings.duration() : Duration.ZERO,
        settings.requests());
  }

  /** How many of the requests one thread sends: with the preload, one for each key of its part. */
  long requests(int threadIndex, int threads) {
    return requests == 0
        ? Long.MAX_VALUE
        : KeyDistribution.Sequential.partKeys(requests, threadIndex, threads);
  }
}
