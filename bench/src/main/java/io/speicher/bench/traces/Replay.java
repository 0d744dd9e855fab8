package io.speicher.bench.traces;

import io.speicher.bench.Progress;

/**
 * What came of a replay.
 *
 * @param byteCount the sizes of all values asked for, added up
 * @param hitByteCount the sizes of those that were there
 */
record Replay(long requestCount, long hitCount, long byteCount, long hitByteCount) {
  /** The clock costs as much as a request. */
  private static final int REQUESTS_PER_LOOK = 4_096;

  /** Sends all of {@code trace} through an empty cache. */
  static Replay of(Trace trace, Policy policy, Capacity capacity) {
    long hits = 0;
    long bytes = 0;
    long hitBytes = 0;
    Progress progress = new Progress("replaying request", trace.requestCount());
    try (CacheUnderTest cache = policy.cache(capacity, trace)) {
      for (int i = 0; i < trace.requestCount(); i++) {
        int valueBytes = trace.valueBytes(i, Capacity.DEFAULT_VALUE_BYTES);
        bytes += valueBytes;
        if (cache.request(trace.request(i), capacity.weight(trace, i))) {
          hits++;
          hitBytes += valueBytes;
        }
        if (i % REQUESTS_PER_LOOK == 0) {
          progress.show(i);
        }
      }
    }
    progress.end();
    return new Replay(trace.requestCount(), hits, bytes, hitBytes);
  }

  /** 0 to 1. */
  double hitRatio() {
    return (double) hitCount / requestCount;
  }

  /** 0 to 1. */
  double byteHitRatio() {
    return byteCount == 0 ? 0 : (double) hitByteCount / byteCount;
  }
}
