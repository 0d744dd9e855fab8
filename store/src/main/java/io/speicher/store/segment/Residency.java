package io.speicher.store.segment;

import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Lets memory follow what the store needs: has some ready before a growing store needs it, since
 * the kernel takes milliseconds to clear a huge page, which a writer should not wait for; and gives
 * free segments back to the system that nobody has needed for a while. One thread calls it.
 */
final class Residency {
  /** A store is expected to grow by one in so many segments, at the most, between two calls. */
  private static final int MAX_GROWTH_SHIFT = 5;

  /** So many segments are always ready: one that a writer can open at once. */
  private static final int READY_SEGMENTS = 1;

  /** What was idle during so many calls, two seconds in a server, is given back. */
  private static final int PERIODS = 4;

  /** A store that takes no more than this gives nothing back. */
  private static final long FLOOR_BYTES = 32 << 20;

  /** To give memory back takes the kernel 20 to 100 µs for a segment; a call ends after so long. */
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Segments segments;
  private final SegmentPool pool;

  /** How many segments were in use at the last call, and where the index began. */
  @GuardedBy("pool.lock")
  private int lastUsed;

  @GuardedBy("pool.lock")
  private int lastFirstIndexSegment;

  /** How few idle segments there were in each of the last periods. */
  @GuardedBy("pool.lock")
  private final int[] fewestIdle = new int[PERIODS];

  @GuardedBy("pool.lock")
  private int period;

  Residency(Segments segments, SegmentPool pool, int firstIndexSegment) {
    this.segments = segments;
    this.pool = pool;
    lastFirstIndexSegment = firstIndexSegment;
  }

  /**
   * Makes as much memory resident as will be needed before the next call, if the store grows on as
   * fast as it does; or gives memory back.
   */
  void adjust() {
    int ready;
    int indexFrom;
    int surplus;
    pool.lock.lock();
    try {
      FreeSegments free = pool.free();
      int end = pool.itemSegmentsEnd();
      int used = end - free.count();
      // Not more, however long the last call took: what is not used would be resident for nothing.
      ready = 2 * Math.clamp(used - lastUsed, 0, end >>> MAX_GROWTH_SHIFT) + READY_SEGMENTS;
      int forIndex = 2 * (lastFirstIndexSegment - end) + (pool.isIndexToGrowSoon() ? 1 : 0);
      indexFrom = Math.max(0, end - forIndex);
      lastUsed = used;
      lastFirstIndexSegment = end;
      fewestIdle[period] = free.takeFewestIdle();
      period = (period + 1) % PERIODS;
      surplus = Arrays.stream(fewestIdle).min().orElse(0) - ready - (end - indexFrom);
      long residentBytes = (long) (used + free.idleCount()) * segments.segmentBytes();
      surplus = Math.min(surplus, segmentsIn(residentBytes - FLOOR_BYTES));
    } finally {
      pool.lock.unlock();
    }
    populateForIndex(indexFrom);
    populate(ready);
    giveBack(surplus, indexFrom);
  }

  private int segmentsIn(long bytes) {
    return (int) Math.max(0, bytes / segments.segmentBytes());
  }

  private void populateForIndex(int from) {
    for (int segment = from; ; segment++) {
      pool.lock.lock();
      try {
        FreeSegments free = pool.free();
        if (segment >= pool.itemSegmentsEnd()) {
          return;
        }
        if (!free.isFree(segment) || free.isIdle(segment)) {
          continue;
        }
        free.addIdle(segment);
      } finally {
        pool.lock.unlock();
      }
      populateSegment(segment);
    }
  }

  private void populate(int ready) {
    while (true) {
      int segment;
      pool.lock.lock();
      try {
        FreeSegments free = pool.free();
        segment =
            free.idleCount() < ready && pool.available() > 0 ? free.firstAbsent() : NO_SEGMENT;
        if (segment == NO_SEGMENT) {
          return;
        }
        free.addIdle(segment);
      } finally {
        pool.lock.unlock();
      }
      populateSegment(segment);
    }
  }

  /** Whoever takes the segment meanwhile notices nothing. */
  private void populateSegment(int segment) {
    NativeMemory.populate(segments.address(segments.startOf(segment)), segments.segmentBytes());
  }

  private void giveBack(int count, int before) {
    long began = System.nanoTime();
    for (int i = 0; i < count && System.nanoTime() - began < MAX_NANOS; i++) {
      pool.lock.lock(); // So that nobody takes it meanwhile.
      try {
        FreeSegments free = pool.free();
        int segment = free.lastIdle(before);
        if (segment == NO_SEGMENT) {
          return;
        }
        free.removeIdle(segment);
        NativeMemory.giveBack(segments.address(segments.startOf(segment)), segments.segmentBytes());
      } finally {
        pool.lock.unlock();
      }
    }
  }
}
