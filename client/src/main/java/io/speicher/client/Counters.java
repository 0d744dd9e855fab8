package io.speicher.client;

import java.util.concurrent.atomic.LongAdder;

/** What {@link CacheStats} are made of. */
final class Counters {
  final LongAdder hits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder sets = new LongAdder();
  final LongAdder deletes = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder loadFailures = new LongAdder();
  final LongAdder failures = new LongAdder();

  CacheStats stats() {
    return new CacheStats(
        hits.sum(),
        0,
        misses.sum(),
        sets.sum(),
        deletes.sum(),
        loads.sum(),
        loadFailures.sum(),
        failures.sum());
  }
}
