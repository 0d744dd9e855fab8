package io.speicher.protocol;

/**
 * What a server has counted of one command in one dialect.
 *
 * @param dialect {@code resp}, {@code json}, {@code memcached} or {@code memcached_binary}
 * @param name in lower case
 * @param calls how often it was executed, or refused to be
 * @param nanos how long the loops took to execute it, in all; see docs/metrics.md for its error
 * @param rejected how often it was refused before it was executed
 * @param failed how often it was executed and answered with an error
 * @param latency from when its bytes were received until its reply was written, of a sample
 */
public record CommandFigures(
    String dialect,
    String name,
    long calls,
    long nanos,
    long rejected,
    long failed,
    LatencyHistogram latency) {}
