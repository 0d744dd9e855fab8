package io.speicher.load;

/**
 * What was measured within one second, latencies in microseconds.
 *
 * @param second which one, from 1
 */
record Second(int second, long operations, double p50, double p99, double p999) {}
