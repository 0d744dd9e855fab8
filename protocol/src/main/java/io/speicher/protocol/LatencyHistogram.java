package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How often something took how long: counts of times in nanoseconds, in the buckets of an
 * HdrHistogram with two significant digits. A bucket is at most 1/128 wide of what it holds, so
 * that a percentile is at most 0.8 % too high. Longer times than 68 seconds are counted as that.
 *
 * <pre>
 *  row 0       0, 1, 2 ... 127      nanoseconds, one each
 *  row 1     128, 129 ... 255       one each
 *  row 2     256, 258 ... 510       two each
 *  row r     128 &lt;&lt; r-1, ...        1 &lt;&lt; r-1 each
 * </pre>
 *
 * <p>A row exists once something falls into it: 10 of them, 1 KiB each, for what most commands
 * take.
 *
 * <p>One thread counts. Others may read what was counted a moment ago.
 */
public final class LatencyHistogram {
  private static final int ROW_BITS = 7;
  private static final int ROW = 1 << ROW_BITS;
  private static final int ROWS = 30;

  /** What is as long as that or longer is counted as that. */
  public static final long MAX_NANOS = (1L << (ROWS - 1 + ROW_BITS)) - 1;

  private final long[] @Nullable [] rows = new long[ROWS][];

  /** Counts one that has taken so long; less than nothing is counted as nothing. */
  public void record(long nanos) {
    add(indexOf(Math.max(0, Math.min(nanos, MAX_NANOS))), 1);
  }

  private void add(int index, long count) {
    long[] row = rows[index >>> ROW_BITS];
    if (row == null) {
      row = new long[ROW];
      rows[index >>> ROW_BITS] = row;
    }
    row[index & (ROW - 1)] += count;
  }

  private static int indexOf(long nanos) {
    int shift = Math.max(0, Long.SIZE - ROW_BITS - 1 - Long.numberOfLeadingZeros(nanos));
    return (shift << ROW_BITS) + (int) (nanos >>> shift);
  }

  /** The longest time that is counted where this one is. */
  private static long highestOf(int index) {
    int shift = Math.max(0, (index >>> ROW_BITS) - 1);
    return ((index - (shift << ROW_BITS) + 1L) << shift) - 1;
  }

  /** The longest time that is counted as this one is. */
  public static long highestEquivalent(long nanos) {
    return highestOf(indexOf(nanos));
  }

  /** Adds what another one has counted. */
  public void addAll(LatencyHistogram other) {
    for (int i = 0; i < ROWS; i++) {
      long[] row = other.rows[i];
      for (int j = 0; row != null && j < ROW; j++) {
        if (row[j] != 0) {
          add((i << ROW_BITS) + j, row[j]);
        }
      }
    }
  }

  /**
   * What was counted since this one was like {@code before}; of what was set to zero meanwhile,
   * nothing.
   */
  public LatencyHistogram since(LatencyHistogram before) {
    LatencyHistogram difference = new LatencyHistogram();
    for (int i = 0; i < ROWS; i++) {
      long[] row = rows[i];
      long[] old = before.rows[i];
      for (int j = 0; row != null && j < ROW; j++) {
        long count = row[j] - (old == null ? 0 : old[j]);
        if (count > 0) {
          difference.add((i << ROW_BITS) + j, count);
        }
      }
    }
    return difference;
  }

  /** How many it has counted. */
  public long count() {
    return countUpTo(MAX_NANOS);
  }

  /** How many took so long or less; those in the bucket that {@code nanos} lies in are counted. */
  public long countUpTo(long nanos) {
    int end = indexOf(Math.max(0, Math.min(nanos, MAX_NANOS)));
    long count = 0;
    for (int i = 0; i <= end >>> ROW_BITS; i++) {
      long[] row = rows[i];
      int rowEnd = i == end >>> ROW_BITS ? (end & (ROW - 1)) + 1 : ROW;
      for (int j = 0; row != null && j < rowEnd; j++) {
        count += row[j];
      }
    }
    return count;
  }

  /** How long all of them took together, at the most. */
  public long sumNanos() {
    long sum = 0;
    for (int i = 0; i < ROWS; i++) {
      long[] row = rows[i];
      for (int j = 0; row != null && j < ROW; j++) {
        sum += row[j] * highestOf((i << ROW_BITS) + j);
      }
    }
    return sum;
  }

  /**
   * A time that so many percent took no longer than; 0 if nothing has been counted.
   *
   * @param percent 0 to 100
   */
  public long percentileNanos(double percent) {
    long wanted = Math.max(1, (long) Math.ceil(count() * percent / 100));
    long seen = 0;
    for (int i = 0; i < ROWS; i++) {
      long[] row = rows[i];
      for (int j = 0; row != null && j < ROW; j++) {
        seen += row[j];
        if (seen >= wanted) {
          return highestOf((i << ROW_BITS) + j);
        }
      }
    }
    return 0;
  }
}
