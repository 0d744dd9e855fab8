package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Makes memory resident before a growing store needs it: the kernel takes milliseconds to clear a
 * huge page, which a writer should not wait for.
 */
final class Residency {
  /** A store is expected to grow by one in so many segments, at the most, between two calls. */
  private static final int MAX_GROWTH_SHIFT = 5;

  private final Segments segments;
  private final SegmentPool pool;

  /** Where the used segments ended, and where the index began, at the last call. */
  @GuardedBy("pool.lock")
  private int lastEnd;

  @GuardedBy("pool.lock")
  private int lastFirstIndexSegment;

  /** Up to where from the front, and from where to the end, memory is resident by our doing. */
  @GuardedBy("pool.lock")
  private int populatedEnd;

  @GuardedBy("pool.lock")
  private int populatedIndex;

  Residency(Segments segments, SegmentPool pool, int firstIndexSegment) {
    this.segments = segments;
    this.pool = pool;
    lastFirstIndexSegment = firstIndexSegment;
    populatedIndex = firstIndexSegment;
  }

  /**
   * Populates what will be needed before the next call, if the store grows on as fast as it does.
   */
  void populateAhead() {
    int from;
    int to;
    int indexFrom;
    int indexTo;
    pool.lock.lock();
    try {
      int firstIndexSegment = pool.itemSegmentsEnd();
      int end = pool.free().usedEnd(firstIndexSegment);
      from = Math.max(end, populatedEnd);
      // Not more, however long the last call took: what is not used would be resident for nothing.
      int growth = Math.clamp(end - lastEnd, 0, firstIndexSegment >>> MAX_GROWTH_SHIFT);
      to = Math.min(firstIndexSegment, end + 2 * growth + 2);
      indexTo = Math.min(firstIndexSegment, populatedIndex);
      indexFrom =
          Math.max(to, firstIndexSegment - 2 * (lastFirstIndexSegment - firstIndexSegment) - 1);
      lastEnd = end;
      lastFirstIndexSegment = firstIndexSegment;
      populatedEnd = Math.max(populatedEnd, to);
      populatedIndex = Math.min(populatedIndex, indexFrom);
    } finally {
      pool.lock.unlock();
    }
    populate(from, to);
    populate(indexFrom, indexTo);
  }

  private void populate(int from, int to) {
    for (int segment = from; segment < to; segment++) {
      NativeMemory.populate(segments.address(segments.startOf(segment)), segments.segmentBytes());
    }
  }
}
