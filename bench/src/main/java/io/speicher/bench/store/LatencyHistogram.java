package io.speicher.bench.store;

import java.util.concurrent.TimeUnit;

/** How long operations took, to three percent; the longest exactly. For one thread. */
final class LatencyHistogram {
  /** Each power of two is cut into so many counters. */
  private static final int PARTS = 32;

  private static final int PARTS_LOG2 = 5;
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final long[] counts = new long[64 * PARTS];
  private long total;
  private long maxNanos;
  private long longCount;

  void record(long nanos) {
    counts[counter(nanos)]++;
    total++;
    maxNanos = Math.max(maxNanos, nanos);
    longCount += isLong(nanos) ? 1 : 0;
  }

  /** Whether it is more than a millisecond. */
  static boolean isLong(long nanos) {
    return nanos > LONG_NANOS;
  }

  long total() {
    return total;
  }

  long maxNanos() {
    return maxNanos;
  }

  /** How many took more than a millisecond. */
  long longCount() {
    return longCount;
  }

  /** The time that {@code percent} of the operations did not exceed. */
  long nanos(double percent) {
    long rank = (long) Math.ceil(total * percent / 100);
    long counted = 0;
    for (int i = 0; i < counts.length; i++) {
      counted += counts[i];
      if (counted >= rank) {
        return Math.min(maxNanos, highest(i));
      }
    }
    return maxNanos;
  }

  private static int counter(long nanos) {
    int shift = Math.max(0, 64 - PARTS_LOG2 - 1 - Long.numberOfLeadingZeros(nanos));
    return shift * PARTS + (int) (nanos >>> shift);
  }

  /** The highest time that the counter counts. */
  private static long highest(int counter) {
    int shift = Math.max(0, counter / PARTS - 1);
    return ((long) (counter - shift * PARTS + 1) << shift) - 1;
  }
}
