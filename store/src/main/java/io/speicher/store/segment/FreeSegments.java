package io.speicher.store.segment;

import static io.speicher.store.segment.Segments.NO_SEGMENT;

import java.util.BitSet;

/**
 * Which segments are free, and which of those are <em>idle</em>: resident in memory all the same.
 * Items take the segment that was freed last, since it is in the processor's cache; then the first
 * idle one; and only then one that the kernel has to find memory for, from the front. The index
 * takes them from the end. This preserves rows of free segments for items that need several.
 *
 * <p>The lock of {@link SegmentPool} guards everything.
 */
final class FreeSegments {
  // Bit sets that never grow, so that to set a bit never fails.
  private final BitSet free;

  /** A part of the free ones. */
  private final BitSet idle;

  private int idleCount;

  /** How few idle ones there were at any time since {@link #takeFewestIdle}. */
  private int fewestIdle;

  private int lastFreed = NO_SEGMENT;

  /** While a row of segments is vacated: nothing may be taken from there. */
  private int vacatingFrom;

  private int vacatingTo;

  /** Makes the first {@code count} segments free, of {@code all}. None is resident. */
  FreeSegments(int all, int count) {
    free = new BitSet(all);
    free.set(0, count);
    idle = new BitSet(all);
  }

  int count() {
    return free.cardinality();
  }

  boolean isFree(int segment) {
    return free.get(segment);
  }

  /** Whether segments in a row are free, all of them before {@code end}. */
  boolean areFree(int first, int count, int end) {
    return first + count <= end && free.nextClearBit(first) >= first + count;
  }

  /** Segments in a row that were in use are free, and idle. */
  void add(int first, int count) {
    free.set(first, first + count);
    for (int segment = first; segment < first + count; segment++) {
      addIdle(segment);
    }
    lastFreed = first;
  }

  /** Segments in a row are in use. */
  void remove(int first, int count) {
    free.clear(first, first + count);
    for (int segment = first; segment < first + count; segment++) {
      removeIdle(segment);
    }
  }

  /**
   * The segment to be used next, outside of what is being vacated, or {@link Segments#NO_SEGMENT}.
   */
  int next() {
    if (lastFreed != NO_SEGMENT && idle.get(lastFreed) && !isVacated(lastFreed)) {
      return lastFreed;
    }
    int segment = first(idle);
    return segment == NO_SEGMENT ? first(free) : segment;
  }

  private int first(BitSet set) {
    int segment = set.nextSetBit(0);
    if (segment >= 0 && isVacated(segment)) {
      segment = set.nextSetBit(vacatingTo);
    }
    return segment < 0 ? NO_SEGMENT : segment;
  }

  private boolean isVacated(int segment) {
    return segment >= vacatingFrom && segment < vacatingTo;
  }

  /**
   * Segments in a row, outside of what is being vacated, or {@link Segments#NO_SEGMENT}.
   *
   * @param others what may be taken beside free ones
   */
  int row(int length, BitSet others) {
    BitSet usable = (BitSet) free.clone();
    usable.or(others);
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

  // ---- what is resident ----

  int idleCount() {
    return idleCount;
  }

  boolean isIdle(int segment) {
    return idle.get(segment);
  }

  /** How few idle segments there were at any time since the last call. */
  int takeFewestIdle() {
    int fewest = fewestIdle;
    fewestIdle = idleCount;
    return fewest;
  }

  /** The first free segment that is not idle, or {@link Segments#NO_SEGMENT}. */
  int firstAbsent() {
    int segment = free.nextSetBit(0);
    while (segment >= 0 && idle.get(segment)) {
      segment = free.nextSetBit(idle.nextClearBit(segment));
    }
    return segment < 0 ? NO_SEGMENT : segment;
  }

  /** The last idle segment before {@code end}, or {@link Segments#NO_SEGMENT}. */
  int lastIdle(int end) {
    int segment = idle.previousSetBit(end - 1);
    return segment < 0 ? NO_SEGMENT : segment;
  }

  /** A free segment is, or is about to be, resident. */
  void addIdle(int segment) {
    assert free.get(segment) : "in use: segment=" + segment;
    if (!idle.get(segment)) {
      idle.set(segment);
      idleCount++;
    }
  }

  /** A segment is not resident any more, or not free. */
  void removeIdle(int segment) {
    if (idle.get(segment)) {
      idle.clear(segment);
      idleCount--;
      fewestIdle = Math.min(fewestIdle, idleCount);
    }
  }
}
