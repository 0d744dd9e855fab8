package io.speicher.store.segment;

import static io.speicher.store.segment.Segments.NO_SEGMENT;

/**
 * Finds segments in a row, for items that are longer than one. Where no row is free, items make way
 * where there is least to be moved.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Runs {
  private final Segments segments;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Cleaner cleaner;

  Runs(Segments segments, OpenSegments open, SegmentPool pool, Cleaner cleaner) {
    this.segments = segments;
    this.open = open;
    this.pool = pool;
    this.cleaner = cleaner;
  }

  /** The first of that many free segments in a row, of which there are as many somewhere. */
  int makeFree(int runLength) {
    freeDeadSegments();
    int first = pool.row(runLength);
    if (first == NO_SEGMENT) {
      first = cheapest(runLength);
      vacate(first, first + runLength);
      pool.takeEarly(first, first + runLength);
    }
    return first;
  }

  /** Frees all segments in which nothing is or will be alive, so that there is less to be moved. */
  private void freeDeadSegments() {
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment) && !open.isOpen(segment) && segments.staysDead(segment)) {
        cleaner.vacate(segment);
      }
    }
  }

  /** Where in a row of that length there is least to be moved. */
  private int cheapest(int runLength) {
    long cost = 0;
    long leastCost = Long.MAX_VALUE;
    int best = NO_SEGMENT;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      cost += costToVacate(segment, runLength);
      if (segment >= runLength) {
        cost -= costToVacate(segment - runLength, runLength);
      }
      if (segment >= runLength - 1 && cost < leastCost) {
        leastCost = cost;
        best = segment - runLength + 1;
      }
    }
    return best;
  }

  /** In bytes to copy; a run that is no shorter than what is wanted could hardly go elsewhere. */
  private long costToVacate(int segment, int wantedLength) {
    if (!segments.isInUse(segment) && segments.itemClass(segment) != Segments.RUN_TAIL) {
      return pool.free().isFree(segment) ? 0 : 1; // It waits for the disk.
    }
    int runLength = segments.runLength(segment);
    return runLength == 1
        ? segments.liveBytes(segment)
        : (runLength < wantedLength ? 1L : 16L) * segments.segmentBytes();
  }

  /** Makes all segments of a row free, moving what is alive if there is room elsewhere. */
  void vacate(int from, int to) {
    pool.free().beginVacating(from, to);
    try {
      int segment = from;
      while (segments.itemClass(segment) == Segments.RUN_TAIL) {
        segment--;
      }
      while (segment < to) {
        int runLength = segments.isInUse(segment) ? segments.runLength(segment) : 1;
        cleaner.vacate(segment);
        segment += runLength;
      }
    } finally {
      pool.free().endVacating();
    }
  }
}
