package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import io.speicher.store.segment.Sweeper.Purpose;
import io.speicher.store.segment.Sweeper.Sweep;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Chooses which segments are cleaned, and why; {@link Sweeper} cleans them.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
@SuppressWarnings("GuardedBy") // See above: the compiler cannot know that it is the same lock.
final class Cleaner {

  /*
   * What is cleaned, and in which order: what has expired or was cleared; then segments of which
   * much is dead, whose living items are merged into others; and only then, what the policy gives up.
   *
   * Each queue has its oldest segment half cleaned at most times, since what is given up next may
   * come from either. A third sweep serves all other purposes.
   */

  /** A segment is merged with others when at least this part of it is dead, if room is short. */
  private static final int MERGE_SHIFT = 4;

  /** ... and if it is not. */
  private static final int COMPACTION_SHIFT = 2;

  /** Merging may need so many segments to win one, where items are small. */
  private static final int MAX_FUTILE_MERGES = 2 << MERGE_SHIFT;

  /** How many dead items are passed over in the search for one that makes way. */
  private static final int MAX_DEAD_ROTATIONS = 64;

  private final Segments segments;
  private final EvictionPolicy policy;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Sweeper sweeper;
  private final Compaction compaction;

  private final Sweep[] evicting = {new Sweep(), new Sweep()};
  private final Sweep other = new Sweep();

  /**
   * Segments, by number and sequence number, that have to be cleaned whether room is short or not.
   */
  private final Queue<long[]> due = new ArrayDeque<>();

  /** When it was last found that nothing is worth merging. */
  private long nothingToMergeAt;

  /** Whether the other sweep is one for merging, and how things stood when it began. */
  private boolean merging;

  private long availableBeforeMerge;
  private long deadBeforeMerge;

  /** How many merges in a row have brought no segment more. */
  private int futileMerges;

  Cleaner(
      Segments segments,
      EvictionPolicy policy,
      OpenSegments open,
      SegmentPool pool,
      Sweeper sweeper,
      Compaction compaction) {
    this.segments = segments;
    this.policy = policy;
    this.open = open;
    this.pool = pool;
    this.sweeper = sweeper;
    this.compaction = compaction;
  }

  // ---- choosing ----

  /**
   * Cleans up to {@code maxItems} items, whichever come next. Returns false if there is nothing to
   * clean, since writers are at work on all there is.
   *
   * @param urgent whether something must be given up now, be it of the queue that has not more than
   *     its share
   */
  boolean step(int maxItems, boolean urgent) {
    if (!other.isIdle() || beginDue() || beginMerge()) {
      sweepOther(maxItems);
      return true;
    }
    int queue = policy.isSmallTooLarge(smallBytes()) ? SMALL : MAIN;
    boolean began =
        beginEviction(queue, false)
            || (urgent
                && (beginEviction(1 - queue, false)
                    || beginEviction(queue, true)
                    || beginEviction(1 - queue, true)));
    if (began) {
      int given = evicting[queue].isIdle() ? 1 - queue : queue;
      sweeper.sweep(evicting[given], maxItems, oldestMainStamp());
    }
    return began;
  }

  /** As {@link #step}, but only what has to be cleaned anyway. */
  boolean stepDue(int maxItems) {
    if (other.isIdle() && !beginDue()) {
      return false;
    }
    sweepOther(maxItems);
    return true;
  }

  /** As {@link #step}, but merges only what is mostly dead, so that the store takes less memory. */
  void compact(int maxItems) {
    if (other.isIdle() && !beginDue() && !beginCompaction()) {
      compaction.giveUp();
      return;
    }
    sweepOther(maxItems);
  }

  /** Lets a segment be cleaned soon, whether room is short or not. */
  void addDue(int segment) {
    due.add(new long[] {segment, segments.sequenceAcquire(segment)});
  }

  /** Cleans one segment to its end. */
  void vacate(int segment) {
    while (!other.isIdle()) {
      sweepOther(Integer.MAX_VALUE);
    }
    for (int attempt = 1; segments.isInUse(segment) && !pool.close(segment); attempt++) {
      Backoff.pause(attempt);
    }
    if (segments.isInUse(segment)) {
      beginOther(segment, Purpose.VACATE);
      sweepOther(Integer.MAX_VALUE);
    }
  }

  private boolean beginDue() {
    for (long[] next = due.peek(); next != null; next = due.peek()) {
      int segment = (int) next[0];
      boolean isOver = segments.sequenceAcquire(segment) != next[1]; // It was cleaned meanwhile.
      if (!isOver && !pool.close(segment)) {
        return false;
      }
      due.remove();
      if (!isOver) {
        beginOther(segment, Purpose.EXPIRE);
        return true;
      }
    }
    return false;
  }

  /** Begins with the segment of which most is dead, if that is worth while. */
  private boolean beginMerge() {
    if (nothingToMergeAt == policy.clock()) {
      return false;
    }
    int deadest = deadest(segments.segmentBytes() >>> MERGE_SHIFT, false);
    if (deadest == NO_SEGMENT || futileMerges > MAX_FUTILE_MERGES || !pool.close(deadest)) {
      futileMerges = 0;
      nothingToMergeAt = policy.clock();
      return false;
    }
    beginOther(deadest, Purpose.MERGE);
    return true;
  }

  /** Begins with the segment of which most is dead, if that wins enough memory for its work. */
  private boolean beginCompaction() {
    int deadest = deadest(segments.segmentBytes() >>> COMPACTION_SHIFT, true);
    if (deadest == NO_SEGMENT || !pool.close(deadest)) {
      return false;
    }
    beginOther(deadest, Purpose.MERGE);
    return true;
  }

  /**
   * The segment of which most is dead, at least so much, or {@link Segments#NO_SEGMENT}.
   *
   * @param openToo whether it may be one that is open for items that expire: there are many of
   *     these, each with little that is alive, and most are not filled any more
   */
  private int deadest(long leastDeadBytes, boolean openToo) {
    int deadest = NO_SEGMENT;
    long mostDeadBytes = leastDeadBytes - 1;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment) && !isBeingSwept(segment)) {
        long deadBytes = deadBytes(segment);
        if (deadBytes > mostDeadBytes
            && !segments.hasWriters(segment)
            && ((openToo && expires(segment)) || !open.isOpen(segment))) {
          mostDeadBytes = deadBytes;
          deadest = segment;
        }
      }
    }
    return deadest;
  }

  private boolean expires(int segment) {
    return ItemClass.window(segments.itemClass(segment)) != TtlWindows.NONE;
  }

  /** What cleaning a segment would bring at least. A run is dead as a whole or not at all. */
  private long deadBytes(int segment) {
    if (segments.isDead(segment)) {
      return (long) segments.runLength(segment) * segments.segmentBytes();
    }
    return segments.runLength(segment) > 1
        ? 0
        : segments.writeOffset(segment) - SegmentLayout.HEADER_BYTES - segments.liveBytes(segment);
  }

  /**
   * Sees to it that the oldest segment of a queue is being given up.
   *
   * @param fresh whether to look at those that may hold what was written just now, or at the others
   */
  private boolean beginEviction(int queue, boolean fresh) {
    if (!evicting[queue].isIdle()) {
      return true;
    }
    int oldest = NO_SEGMENT;
    for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
      if (segments.isInUse(segment)
          && ItemClass.queue(segments.itemClass(segment)) == queue
          && (open.isOpen(segment) || policy.isYoung(segments.stamp(segment))) == fresh
          && !isBeingSwept(segment)
          && !segments.hasWriters(segment)
          && (oldest == NO_SEGMENT || segments.isOlder(segment, oldest))) {
        oldest = segment;
      }
    }
    if (oldest == NO_SEGMENT || !pool.close(oldest)) {
      return false;
    }
    sweeper.begin(evicting[queue], oldest, Purpose.EVICT);
    return true;
  }

  private boolean isBeingSwept(int segment) {
    return segment == other.segment()
        || segment == evicting[SMALL].segment()
        || segment == evicting[MAIN].segment();
  }

  /** How much the small queue holds, dead items included. */
  private long smallBytes() {
    return pool.queueBytes(SMALL) - sweeper.sweptBytes(evicting[SMALL]);
  }

  // ---- newcomers ----

  /**
   * Which queue an item goes to whose ghost was found: the main queue, if that has room to spare or
   * gives up an item for it that has been idle for longer than the newcomer was away.
   */
  int queueOfReturned(int ghost, long itemBytes) {
    long awaySince = policy.returned(ghost, itemBytes);
    if (awaySince < 0) {
      return SMALL;
    }
    return policy.hasMainRoom(smallBytes()) || oneIdleSince(awaySince) ? MAIN : SMALL;
  }

  private boolean oneIdleSince(long stamp) {
    int rotations = 0;
    int dead = 0;
    while (rotations < EvictionPolicy.MAX_ROTATIONS
        && dead < MAX_DEAD_ROTATIONS
        && beginEviction(MAIN, false)
        && segments.stamp(evicting[MAIN].segment()) <= stamp) {
      switch (sweeper.sweep(evicting[MAIN], 1, oldestMainStamp())) {
        case EVICTED, EXPIRED, CLEARED -> {
          return true;
        }
        case KEPT -> rotations++;
        case WAS_DEAD -> dead++;
      }
    }
    return false;
  }

  /** When the oldest segment of the main queue was opened, as far as is known without a search. */
  private long oldestMainStamp() {
    return evicting[MAIN].isIdle() ? policy.clock() : segments.stamp(evicting[MAIN].segment());
  }

  // ---- sweeping ----

  /** How much of the segments has been cleaned that have not been given back yet. */
  long sweptBytes() {
    return sweeper.sweptBytes(evicting[SMALL])
        + sweeper.sweptBytes(evicting[MAIN])
        + sweeper.sweptBytes(other);
  }

  /** How many bytes of items were moved, ever. */
  long movedBytes() {
    return sweeper.movedBytes();
  }

  private void sweepOther(int maxItems) {
    sweeper.sweep(other, maxItems, oldestMainStamp());
    if (other.isIdle() && merging) {
      merging = false;
      futileMerges = pool.everAvailable() > availableBeforeMerge ? 0 : futileMerges + 1;
      compaction.merged(deadBeforeMerge);
    }
  }

  private void beginOther(int segment, Purpose purpose) {
    for (Sweep sweep : evicting) {
      if (sweep.segment() == segment) {
        sweep.abandon();
      }
    }
    merging = purpose == Purpose.MERGE;
    if (merging) {
      availableBeforeMerge = pool.everAvailable();
      deadBeforeMerge = deadBytes(segment);
    }
    sweeper.begin(other, segment, purpose);
  }
}
