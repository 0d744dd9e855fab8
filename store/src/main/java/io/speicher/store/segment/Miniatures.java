package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.HitRatioCurve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Simulates stores of an eighth to eight times the budget on a sample of the keys, for the {@link
 * HitRatioCurve}.
 *
 * <p>Any thread may call anything. A read or a write whose key is in the sample takes about a
 * microsecond, and is left out while another thread simulates: nobody waits.
 *
 * <p><b>Memory.</b> On the heap: a 256th of the budget, at most 4 MiB, whatever the number of
 * items. Where the miniatures would need more, the sample is halved.
 */
final class Miniatures {
  private static final long MAX_BYTES = 4 << 20;

  /** A 256th of the budget. */
  private static final int BUDGET_SHIFT = 8;

  /** Sizes in eighths of the budget. */
  private static final int[] EIGHTHS = {1, 2, 4, 8, 16, 32, 64};

  /** One key in so many, as a power of two: more would take more than 3 percent of a get's time. */
  private static final int MIN_SAMPLE_BITS = 8;

  /** What an item takes of the index: its share of a bucket. */
  private static final int INDEX_BYTES_PER_ITEM = 11;

  private static final int MINUTES = 60;
  private static final int HOURS = 24;
  private static final long MINUTE_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final long budgetBytes;

  @GuardedBy("lock")
  private final Miniature[] miniatures = new Miniature[EIGHTHS.length];

  /** The upper so many bits of the mixed hash of a sampled key are zero. Any thread reads. */
  private volatile int sampleBits;

  /** Reads, and hits for each size: of each minute of the last hour and each hour of the day. */
  @GuardedBy("lock")
  private final long[][] minutes = new long[MINUTES][1 + EIGHTHS.length];

  @GuardedBy("lock")
  private final long[][] hours = new long[HOURS][1 + EIGHTHS.length];

  @GuardedBy("lock")
  private long minute;

  Miniatures(long budgetBytes, long nowMillis) {
    this(
        budgetBytes, Math.min(MAX_BYTES, budgetBytes >>> BUDGET_SHIFT), MIN_SAMPLE_BITS, nowMillis);
  }

  /**
   * @param maxBytes what all miniatures may take
   * @param sampleBits at first, one key in {@code 1 << sampleBits} is simulated
   */
  Miniatures(long budgetBytes, long maxBytes, int sampleBits, long nowMillis) {
    this.budgetBytes = budgetBytes;
    this.sampleBits = sampleBits;
    minute = nowMillis / MINUTE_MILLIS;
    long entries = maxBytes / Miniature.ENTRY_BYTES;
    int sum = 0;
    for (int eighths : EIGHTHS) {
      sum += eighths;
    }
    for (int i = 0; i < EIGHTHS.length; i++) {
      int maxEntries = (int) Math.max(EIGHTHS[i], entries * EIGHTHS[i] / sum);
      miniatures[i] = new Miniature(maxEntries, scaled(i) >>> sampleBits);
    }
  }

  private long scaled(int i) {
    return budgetBytes / 8 * EIGHTHS[i];
  }

  /** Whether a key is simulated. */
  boolean isSampled(long hash) {
    return isSampled(mix(hash), sampleBits);
  }

  private static boolean isSampled(long mixed, int bits) {
    return mixed >>> (Long.SIZE - bits) == 0;
  }

  /** What the sample is drawn by; also tells keys apart, as well as the hash does. */
  private static long mix(long hash) {
    return hash * 0x9E37_79B9_7F4A_7C15L;
  }

  /**
   * A sampled key was read.
   *
   * @param itemBytes what its item takes in a segment, or 0 on a miss: it will be stored next
   */
  void read(long hash, int itemBytes) {
    if (lock.tryLock()) {
      try {
        long[] counts = minutes[(int) (minute % MINUTES)];
        counts[0]++;
        for (int i = 0; i < miniatures.length; i++) {
          if (miniatures[i].read(mix(hash))) {
            counts[1 + i]++;
          } else if (itemBytes > 0) {
            store(i, hash, itemBytes);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** An item of a sampled key was stored. */
  void stored(long hash, long itemBytes) {
    if (lock.tryLock()) {
      try {
        for (int i = 0; i < miniatures.length; i++) {
          store(i, hash, (int) Math.min(itemBytes, Integer.MAX_VALUE / 2));
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @GuardedBy("lock")
  private void store(int i, long hash, int itemBytes) {
    while (isSampled(hash) && !miniatures[i].store(mix(hash), itemBytes + INDEX_BYTES_PER_ITEM)) {
      halveSample();
    }
  }

  @GuardedBy("lock")
  private void halveSample() {
    int bits = sampleBits + 1;
    for (Miniature miniature : miniatures) {
      miniature.shrink(mixed -> isSampled(mixed, bits));
    }
    sampleBits = bits;
  }

  /** Lets time go on. */
  void advance(long nowMillis) {
    lock.lock();
    try {
      long now = Math.max(minute, nowMillis / MINUTE_MILLIS);
      for (long passed = Math.max(minute, now - HOURS * MINUTES); passed < now; passed++) {
        if ((passed + 1) % MINUTES == 0) {
          long[] hour = hours[(int) (passed / MINUTES % HOURS)];
          System.arraycopy(sum(minutes), 0, hour, 0, hour.length);
        }
        Arrays.fill(minutes[(int) ((passed + 1) % MINUTES)], 0);
      }
      minute = now;
    } finally {
      lock.unlock();
    }
  }

  HitRatioCurve curve() {
    lock.lock();
    try {
      long[] hour = sum(minutes);
      long[] day = sum(hours);
      for (int i = 0; i <= minute % MINUTES; i++) {
        add(day, minutes[i]); // Those of this hour.
      }
      return new HitRatioCurve(period(hour), period(day));
    } finally {
      lock.unlock();
    }
  }

  private static long[] sum(long[][] rows) {
    long[] sum = new long[rows[0].length];
    for (long[] row : rows) {
      add(sum, row);
    }
    return sum;
  }

  private static void add(long[] sum, long[] row) {
    for (int i = 0; i < row.length; i++) {
      sum[i] += row[i];
    }
  }

  private HitRatioCurve.Period period(long[] counts) {
    List<HitRatioCurve.Point> points = new ArrayList<>();
    for (int i = 0; counts[0] > 0 && i < EIGHTHS.length; i++) {
      points.add(
          new HitRatioCurve.Point(EIGHTHS[i] / 8.0, scaled(i), (double) counts[1 + i] / counts[0]));
    }
    return new HitRatioCurve.Period(counts[0], points);
  }
}
