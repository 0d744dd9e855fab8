package io.speicher.load;

import java.time.Duration;

/**
 * What a run does.
 *
 * @param pipeline how many requests a connection sends in one write
 * @param ttlMillis the time to live of what is set, or 0 for none
 * @param rate operations per second in all, or 0 to send as fast as replies come
 * @param maxOutstanding with a rate: requests without a reply on one connection
 * @param requests how many operations to measure, or 0 to measure for {@code duration}
 */
record Settings(
    Target target,
    int connections,
    int pipeline,
    int threads,
    long keys,
    String keyPrefix,
    KeyDistribution distribution,
    ValueSizes valueSizes,
    Mix mix,
    long ttlMillis,
    boolean verify,
    double rate,
    int maxOutstanding,
    boolean preload,
    boolean preloadOnly,
    Duration warmUp,
    Duration duration,
    long requests,
    long seed) {

  /** The most requests without a reply that a connection may have, in any phase. */
  int mostOutstanding() {
    return Math.max(
        Math.max(pipeline, preload ? Phase.PRELOAD_PIPELINE : 1), rate > 0 ? maxOutstanding : 1);
  }
}
