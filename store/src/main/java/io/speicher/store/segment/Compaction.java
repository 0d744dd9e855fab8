package io.speicher.store.segment;

/**
 * Says when segments are to be merged although there is room: when they hold much more than what is
 * alive. A store whose items are replaced, deleted or expire so takes memory for what lives in it,
 * and not all that it may.
 *
 * <p>The lock of {@link SegmentPool} guards everything but {@link #isDue}.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Compaction {

  /*
   * What is tolerated is a trade of memory for work. If a fraction u of the segments' bytes is alive,
   * and any item is as likely to be replaced as any other, then the segment with most dead bytes is
   * alive to some v < u, and for each byte that is written v / (1 - v) bytes are moved. The figures
   * are in docs/performance.md.
   *
   * What is still empty of open segments does not count. Items that expire are spread over many open
   * segments, and merging would have to make up for all that these have empty.
   *
   * Only segments that are at least a quarter dead are merged, so no more than three bytes are moved
   * for each one that is won, whatever is tolerated.
   */

  /** So much may be dead in any case. */
  private static final long FLOOR_BYTES = 16 << 20;

  /** ... or this part of what is alive, while the store is written to. */
  static final double BUSY_SHARE = 0.3;

  /** ... or this one, while it is not. */
  static final double QUIET_SHARE = 0.2;

  /** Segments are counted anew each time that writers have opened one in so many of them. */
  private static final int COUNT_SHIFT = 6;

  private final Segments segments;
  private final SegmentPool pool;

  /** How much more than tolerated is dead. */
  private long excessBytes;

  /** Whether that is more than nothing. Read by any thread. */
  private volatile boolean due;

  private int openedSinceCount;
  private int used;

  Compaction(Segments segments, SegmentPool pool) {
    this.segments = segments;
    this.pool = pool;
  }

  /** Whether segments are to be merged. Any thread may ask. */
  boolean isDue() {
    return due;
  }

  /** A writer has opened a segment. */
  void opened() {
    openedSinceCount++;
    if (openedSinceCount > used >>> COUNT_SHIFT) {
      count(BUSY_SHARE);
    }
  }

  /** A segment was merged with others, of which so many bytes were dead. */
  void merged(long deadBytes) {
    setExcess(excessBytes - deadBytes);
  }

  /** Nothing can be merged now. */
  void giveUp() {
    setExcess(0);
  }

  /**
   * Counts what is alive, and what is not.
   *
   * @param share which part of what is alive may be dead beside it
   */
  void count(double share) {
    long allBytes = 0;
    long liveBytes = 0;
    int counted = 0;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment) && segments.runLength(segment) == 1) {
        counted++;
        allBytes += segments.writeOffset(segment);
        liveBytes += segments.isDead(segment) ? 0 : segments.liveBytes(segment);
      }
    }
    used = counted;
    openedSinceCount = 0;
    setExcess(allBytes - liveBytes - Math.max(FLOOR_BYTES, (long) (share * liveBytes)));
  }

  private void setExcess(long bytes) {
    excessBytes = bytes;
    due = bytes > 0;
  }
}
