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
 * <p>Any thread may call anything. A read or a write whose key is in the sample takes about two
 * microseconds, and is left out while another thread simulates: nobody waits.
 *
 * <p><b>What a sample is worth.</b> A frequent key that is in the sample, or is not, moves the hit
 * ratio of all sizes by several points, and that of the real store as well, if that is taken of the
 * same keys. So both are counted, and the estimate is corrected by how far the real store's ratio
 * of these reads is from that of all reads ({@link #corrected}): on traces with frequent keys an
 * error of five points becomes half a point.
 *
 * <p><b>Memory.</b> On the heap: a 256th of the budget, but 1 MiB to 4 MiB, whatever the number of
 * items; each miniature has a seventh of it. One that would need more halves its sample, for good.
 * So small stores are simulated on more keys than large ones, and all on about as many items.
 */
final class Miniatures {
  private static final long MIN_BYTES = 1 << 20;

  private static final long MAX_BYTES = 4 << 20;

  /** A 256th of the budget. */
  private static final int BUDGET_SHIFT = 8;

  /** Sizes in eighths of the budget. */
  private static final int[] EIGHTHS = {1, 2, 4, 8, 16, 32, 64};

  /**
   * A store of a gigabyte and more is simulated on one key in so many, as a power of two: a read
   * that is simulated takes two microseconds, so one in 256 took 7 percent of a batched get.
   */
  private static final int MAX_FIRST_SAMPLE_BITS = 10;

  /** A store of a megabyte and less can be simulated on all keys, one of 2 on half of them. */
  private static final int BUDGET_SHIFT_OF_ALL_KEYS = 20;

  /** What an item takes of the index: its share of a bucket. */
  private static final int INDEX_BYTES_PER_ITEM = 11;

  /** So many segments of a full store are empty: those that are kept free, and half of the open. */
  private static final int EMPTY_SEGMENTS = 4;

  /** So many pages of the index are kept free. */
  private static final int EMPTY_PAGES = 5;

  // What is counted: for each size, in a row, the reads that were simulated, and how many of these
  // hit, in the miniature and in the real store; and then all reads of the real store, and its
  // hits.
  private static final int READS = 0;
  private static final int HITS = 1;
  private static final int REAL_HITS = 2;
  private static final int COUNTS_OF_SIZE = 3;
  private static final int ALL_READS = COUNTS_OF_SIZE * EIGHTHS.length;
  private static final int ALL_HITS = ALL_READS + 1;
  private static final int COUNTS = ALL_HITS + 1;

  private static final int MINUTES = 60;
  private static final int HOURS = 24;
  private static final long MINUTE_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final long budgetBytes;

  @GuardedBy("lock")
  private final Miniature[] miniatures = new Miniature[EIGHTHS.length];

  /** The upper so many bits of the mixed hash of a key are zero that a miniature simulates. */
  @GuardedBy("lock")
  private final int[] sampleBits = new int[EIGHTHS.length];

  /** The least of these. Any thread reads. */
  private volatile int leastSampleBits;

  /** What is counted in each minute of the last hour and each hour of the day; see above. */
  @GuardedBy("lock")
  private final long[][] minutes = new long[MINUTES][COUNTS];

  @GuardedBy("lock")
  private final long[][] hours = new long[HOURS][COUNTS];

  @GuardedBy("lock")
  private long minute;

  Miniatures(long budgetBytes, long nowMillis) {
    this(
        budgetBytes,
        Math.clamp(budgetBytes >>> BUDGET_SHIFT, MIN_BYTES, MAX_BYTES),
        firstSampleBits(budgetBytes),
        nowMillis);
  }

  private static int firstSampleBits(long budgetBytes) {
    int bits = Long.SIZE - 1 - Long.numberOfLeadingZeros(budgetBytes) - BUDGET_SHIFT_OF_ALL_KEYS;
    return Math.clamp(bits, 0, MAX_FIRST_SAMPLE_BITS);
  }

  /**
   * @param maxBytes what all miniatures may take
   * @param firstSampleBits at first, one key in {@code 1 << firstSampleBits} is simulated
   */
  Miniatures(long budgetBytes, long maxBytes, int firstSampleBits, long nowMillis) {
    this.budgetBytes = budgetBytes;
    leastSampleBits = firstSampleBits;
    minute = nowMillis / MINUTE_MILLIS;
    int entries = (int) Math.max(16, maxBytes / Miniature.ENTRY_BYTES / EIGHTHS.length);
    for (int i = 0; i < EIGHTHS.length; i++) {
      sampleBits[i] = firstSampleBits;
      miniatures[i] = new Miniature(entries, capacityBytes(scaled(i)) >>> firstSampleBits);
    }
  }

  /** What items and their slots can take of a budget: of a small one, much less than all of it. */
  private static long capacityBytes(long budgetBytes) {
    Geometry geometry =
        Geometry.of(
            Math.clamp(budgetBytes, SegmentStore.MIN_BUDGET_BYTES, SegmentStore.MAX_BUDGET_BYTES));
    long emptyBytes =
        (long) EMPTY_SEGMENTS * geometry.segmentBytes()
            + (long) EMPTY_PAGES * IndexPages.PAGE_BYTES
            + StoreLayout.of(geometry).headBytes();
    return Math.max(budgetBytes / 8, budgetBytes - emptyBytes);
  }

  private long scaled(int i) {
    return budgetBytes / 8 * EIGHTHS[i];
  }

  /** Whether a key is simulated, at some size. */
  boolean isSampled(long hash) {
    return isSampled(mix(hash), leastSampleBits);
  }

  private static boolean isSampled(long mixed, int bits) {
    return bits == 0 || mixed >>> (Long.SIZE - bits) == 0;
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
        long mixed = mix(hash);
        long[] counts = minutes[(int) (minute % MINUTES)];
        for (int i = 0; i < miniatures.length; i++) {
          if (!isSampled(mixed, sampleBits[i])) {
            continue;
          }
          int size = COUNTS_OF_SIZE * i;
          counts[size + READS]++;
          counts[size + REAL_HITS] += itemBytes > 0 ? 1 : 0;
          if (miniatures[i].read(mixed)) {
            counts[size + HITS]++;
          } else if (itemBytes > 0) {
            store(i, mixed, itemBytes);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Counts reads of all keys, or returns false while another thread simulates. */
  boolean count(long reads, long hits) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      long[] counts = minutes[(int) (minute % MINUTES)];
      counts[ALL_READS] += reads;
      counts[ALL_HITS] += hits;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** An item of a sampled key was stored. */
  void stored(long hash, long itemBytes) {
    if (lock.tryLock()) {
      try {
        for (int i = 0; i < miniatures.length; i++) {
          store(i, mix(hash), (int) Math.min(itemBytes, Integer.MAX_VALUE / 2));
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @GuardedBy("lock")
  private void store(int i, long mixed, int itemBytes) {
    while (isSampled(mixed, sampleBits[i])
        && !miniatures[i].store(mixed, itemBytes + INDEX_BYTES_PER_ITEM)) {
      halveSample(i);
    }
  }

  /** Those that are left stand for twice as many, and so do the reads that are counted later. */
  @GuardedBy("lock")
  private void halveSample(int i) {
    int bits = sampleBits[i] + 1;
    miniatures[i].shrink(mixed -> isSampled(mixed, bits));
    halve(minutes, i);
    halve(hours, i);
    sampleBits[i] = bits;
    leastSampleBits = Arrays.stream(sampleBits).min().orElseThrow();
  }

  private static void halve(long[][] rows, int i) {
    for (long[] row : rows) {
      for (int count = 0; count < COUNTS_OF_SIZE; count++) {
        row[COUNTS_OF_SIZE * i + count] /= 2;
      }
    }
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
    long fewestReads = Long.MAX_VALUE;
    List<HitRatioCurve.Point> points = new ArrayList<>();
    for (int i = 0; i < EIGHTHS.length; i++) {
      int size = COUNTS_OF_SIZE * i;
      long reads = counts[size + READS];
      fewestReads = Math.min(fewestReads, reads);
      double hitRatio = (double) counts[size + HITS] / reads;
      if (counts[ALL_READS] > 0) {
        hitRatio =
            corrected(
                hitRatio,
                (double) counts[size + REAL_HITS] / reads,
                (double) counts[ALL_HITS] / counts[ALL_READS]);
      }
      points.add(new HitRatioCurve.Point(EIGHTHS[i] / 8.0, scaled(i), hitRatio));
    }
    return fewestReads == 0
        ? new HitRatioCurve.Period(0, List.of())
        : new HitRatioCurve.Period(fewestReads, points);
  }

  /**
   * Corrects the hit ratio of a miniature. Frequent keys hit at any size, so all misses are of
   * others; a sample that has too many reads of these makes the real store miss as much too often.
   *
   * @param real of the real store, of the same reads
   * @param all of the real store, of all reads
   */
  private static double corrected(double hitRatio, double real, double all) {
    return real == 1 ? hitRatio : Math.max(0, 1 - (1 - hitRatio) * (1 - all) / (1 - real));
  }
}
