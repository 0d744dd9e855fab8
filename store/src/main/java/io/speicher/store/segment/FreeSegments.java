package io.speicher.store.segment;

import static io.speicher.store.segment.Segments.NO_SEGMENT;

import java.util.BitSet;

/**
 * Which segments are free. Items take the first one and the index the last, which preserves rows of
 * free segments for items that need several.
 *
 * <p>The lock of {@link SegmentPool} guards everything.
 */
final class FreeSegments {
  /** It never grows, so that to set a bit never fails. */
  private final BitSet free;

  /** While a row of segments is vacated: nothing may be taken from there. */
  private int vacatingFrom;

  private int vacatingTo;

  /** Makes the first {@code count} segments free, of {@code all}. */
  FreeSegments(int all, int count) {
    free = new BitSet(all);
    free.set(0, count);
  }

  int count() {
    return free.cardinality();
  }

  boolean isFree(int segment) {
    return free.get(segment);
  }

  void add(int first, int count) {
    free.set(first, first + count);
  }

  void remove(int first, int count) {
    free.clear(first, first + count);
  }

  /** Where the segments before {@code end} end that are in use. */
  int usedEnd(int end) {
    return free.previousClearBit(end - 1) + 1;
  }

  /**
   * The segment to be used next, outside of what is being vacated, or {@link Segments#NO_SEGMENT}.
   */
  int next() {
    int segment = free.nextSetBit(0);
    if (segment >= vacatingFrom && segment < vacatingTo) {
      segment = free.nextSetBit(vacatingTo);
    }
    return segment < 0 ? NO_SEGMENT : segment;
  }

  /** Segments in a row, outside of what is being vacated, or {@link Segments#NO_SEGMENT}. */
  int row(int length) {
    BitSet usable = (BitSet) free.clone();
    usable.clear(vacatingFrom, vacatingTo);
    int first = usable.nextSetBit(0);
    while (first >= 0 && usable.nextClearBit(first) - first < length) {
      first = usable.nextSetBit(usable.nextClearBit(first));
    }
    return first < 0 ? NO_SEGMENT : first;
  }

  /** Lets nobody take segments from there, until {@link #endVacating}. */
  void beginVacating(int from, int to) {
    vacatingFrom = from;
    vacatingTo = to;
  }

  void endVacating() {
    vacatingFrom = 0;
    vacatingTo = 0;
  }
}
