package io.speicher.store.segment;

/**
 * Where a walk through the segments is: in one of them, in one of its lives, and at the next item
 * in it.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here. Between two calls it
 * may be given up: a segment that has ended meanwhile has no more items for the walk.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class SegmentCursor {
  /** The segment is being written to: nobody knows yet where its items end. */
  static final long BUSY = -1;

  /** How often it is looked whether the writers of a segment are away, each time it is asked. */
  private static final int LOOKS = 64;

  private final Segments segments;
  private final SegmentPool pool;
  private int segment;
  private long sequence;
  private long location;

  SegmentCursor(Segments segments, SegmentPool pool) {
    this.segments = segments;
    this.pool = pool;
  }

  int segment() {
    return segment;
  }

  /** The sequence number of the life of the segment. */
  long sequence() {
    return sequence;
  }

  /** Where the next item begins, if there is one. */
  long location() {
    return location;
  }

  /** Whether there are no more segments. */
  boolean isAtEnd() {
    return segment >= pool.itemSegmentsEnd();
  }

  void turnTo(int next) {
    segment = next;
    if (!isAtEnd()) {
      sequence = segments.sequenceAcquire(next);
      location = segments.firstItemOf(next);
    }
  }

  /** Goes on behind the item that lies at the cursor. */
  void pass(StoredItem item) {
    location = segments.behind(location, item.bytes());
  }

  /** Where the items of this segment end: here if there are no more; {@link #BUSY}. */
  long endOfItems() {
    boolean isOver =
        segments.sequenceAcquire(segment) != sequence; // Its items have moved, or gone.
    if (isOver || !segments.isInUse(segment) || segments.isCleared(sequence)) {
      return location;
    }
    for (int i = 0; i < LOOKS; i++) {
      int written = segments.writtenOffset(segment);
      if (written >= 0) {
        return segments.startOf(segment) + written;
      }
      Thread.onSpinWait();
    }
    return BUSY;
  }
}
