package io.speicher.store.segment;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Decides which items are worth their room.
 *
 * <p>New items go to the small queue. Those that are read while they are there go on to the main
 * queue, the others are evicted, and a ghost stays behind. Who comes back while its ghost is there
 * goes to the main queue at once, if it was away for less time than the main queue's worst item has
 * not been used. How large the small queue is follows from which of the two would have served more
 * hits if it had been larger.
 *
 * <p>The lock of {@link SegmentPool} guards everything.
 */
final class EvictionPolicy {

  /*
   * This is LIRS (Jiang and Zhang, SIGMETRICS 2002) with segments in place of its stack, on the
   * queues of S3-FIFO (Yang et al., SOSP 2023).
   *
   * LIRS compares how long ago an item was used with how long ago others were used, and keeps a
   * stable set in front of loops and scans, where queues alone would keep nothing for long enough.
   * It needs the order of last uses. We have it in the grain of segments, for nothing: the clock is
   * the number of segments that writers have opened, a segment is stamped with it when it is opened,
   * and the items in it were stored, or found to have been read, about then. A hit changes nothing
   * but two bits in the slot that it has found; they are looked at when the segment is cleaned.
   *
   * The test: a ghost of the small queue says when its item was stored. If the oldest segment of the
   * main queue is older than that, and an item is found in it that nobody has read since, then that
   * one has been idle for longer than the newcomer was away, and they change places. To ask a true
   * age, some items that were read are first moved on to the young end.
   *
   * The target of the small queue moves up by the size of six items if a ghost returns that a
   * small queue larger by a twentieth of everything would still have held; and down by three
   * quarters of that if one returns that a main queue larger by as much would have held. In doubt it
   * is large: then the whole is nearer to LRU, which is seldom much worse than the best there is.
   * When an item is so much too early or too late is known from the stamps of the last segments that
   * these queues gave up.
   *
   * A newcomer that enters the main queue although nothing there was idle for longer makes that
   * evict what has no worse a claim, and a loop of twice the capacity would replace items of the
   * stable set by others that are no better, again and again. So a segment of the main queue is
   * stamped when it is full, and hasMainRoom allows for what cleaning lags behind.
   *
   * How long ghosts have to last was measured: as long as it takes to store three times as much as
   * fits. With one time, sweeping traces lost 5 to 9 points.
   *
   * What was tried and was worse, and the figures: docs/architecture.md, "What is worth keeping".
   */
  static final int SMALL = 0;
  static final int MAIN = 1;
  static final int QUEUES = 2;

  /** An item that is evicted goes there. */
  static final int NOWHERE = -1;

  /** How many items of the main queue are looked at for one that makes way for a newcomer. */
  static final int MAX_ROTATIONS = 16;

  private static final double FIRST_SMALL_SHARE = 0.02;
  private static final double MIN_SMALL_SHARE = 0.01;
  private static final double MAX_SMALL_SHARE = 0.9;

  /** What queues that were larger are asked about. */
  private static final double LARGER_BY = 0.05;

  private static final int STEP_ITEMS = 6;

  /** ... but no more than this part of everything, where items are large. */
  private static final int MAX_STEP_SHIFT = 6;

  /** So much may the small queue have beyond its share because it has not been cleaned yet. */
  private static final long LAG_SEGMENTS = 1;

  /** So many stamps of ghosts pass while as much is stored as fits; the oldest are 26. */
  private static final int STAMPS_PER_CAPACITY = Ghosts.STAMPS / 4;

  private final long capacityBytes;
  private final int segmentBytes;

  /** How many ticks of the clock make a stamp of a ghost. */
  private final long ticksPerStamp;

  /** When items were stored that the small queue has evicted lately; the oldest first. */
  private final Queue<Long> lateSmall = new ArrayDeque<>();

  /** When the main queue has evicted a segment's worth of items lately; the oldest first. */
  private final Queue<Long> lateMain = new ArrayDeque<>();

  private final int lateSegments;

  private long clock = 1;
  private long smallTargetBytes;
  private long mainEvictedBytes;

  EvictionPolicy(int segments, int segmentBytes) {
    this.segmentBytes = segmentBytes;
    capacityBytes = (long) segments * segmentBytes;
    ticksPerStamp = Math.max(1, segments / STAMPS_PER_CAPACITY);
    lateSegments = (int) Math.max(1, Math.round(LARGER_BY * segments));
    smallTargetBytes = (long) (FIRST_SMALL_SHARE * capacityBytes);
  }

  /** Goes on where another process has left off. */
  void resume(long newClock, long newSmallTargetBytes) {
    clock = newClock;
    smallTargetBytes = newSmallTargetBytes;
  }

  /** How large the small queue should be. */
  long smallTargetBytes() {
    return smallTargetBytes;
  }

  /** The time, in segments that were opened to writers. */
  long clock() {
    return clock;
  }

  void advanceClock(int segments) {
    clock += segments;
  }

  /**
   * Whether the small queue has more than its share. A segment it may always have: that is the one
   * it fills, and to give up others' items for that one's sake would ruin a stable set.
   */
  boolean isSmallTooLarge(long smallBytes) {
    return smallBytes > Math.max(segmentBytes, smallTargetBytes);
  }

  /**
   * Whether the main queue has less than its share, so that nothing in it has to make way. What
   * cleaning lags behind does not count: the room that a segment of the small queue leaves is taken
   * by others of that queue.
   */
  boolean hasMainRoom(long smallBytes) {
    return smallBytes > Math.max(segmentBytes, smallTargetBytes) + LAG_SEGMENTS * segmentBytes;
  }

  /** Whether a segment was opened so lately that even the smallest small queue would hold it. */
  boolean isYoung(long stamp) {
    return (clock - stamp) * segmentBytes < MIN_SMALL_SHARE * capacityBytes;
  }

  /** Where an item goes when its segment is given up. */
  static int destination(int queue, int frequency) {
    return frequency > 0 ? MAIN : NOWHERE;
  }

  /** How often it counts as read then. */
  static int frequencyAfter(int queue, int frequency) {
    return queue == SMALL ? 0 : frequency - 1;
  }

  // ---- ghosts ----

  /** The ghost of an item that is stored again, in its home bucket, or {@link Ghosts#NONE}. */
  int ghostOf(long bucket, long hash) {
    return Ghosts.find(bucket, hash, ghostNow());
  }

  /** Removes the ghosts of a bucket that have become too old. Its table is locked. */
  void removeOldGhosts(long bucket) {
    Ghosts.removeOld(bucket, ghostNow());
  }

  /** In so many ticks of the clock, the ghosts of all buckets have to be looked at. */
  long ticksOfGhosts() {
    return Ghosts.MAX_SILENCE * ticksPerStamp / 2;
  }

  /**
   * Leaves a ghost of an evicted item in its home bucket. Its table is locked.
   *
   * @param stamp when the item's segment was opened
   * @param oldestMain when the oldest segment of the main queue was
   */
  void leaveGhost(long bucket, long hash, int queue, long stamp, long oldestMain) {
    long leftAt = queue == SMALL ? stamp : clock;
    long now = ghostNow();
    long usefulSmall = now - Math.min(oldestMain, lateSmallStamp()) / ticksPerStamp;
    long usefulMain = now - lateMainStamp() / ticksPerStamp;
    Ghosts.remove(bucket, hash);
    Ghosts.add(
        bucket,
        hash,
        queue,
        leftAt / ticksPerStamp,
        now,
        (origin, age) -> age > (origin == SMALL ? usefulSmall : usefulMain) + 1);
  }

  /**
   * Moves the target of the small queue when a ghost has returned.
   *
   * @return since when the main queue's worst item must have been idle to make way, or -1 if none
   *     has to
   */
  long returned(int ghost, long itemBytes) {
    long age = Ghosts.age(ghost, ghostNow());
    long leftAt = (ghostNow() - age) * ticksPerStamp + ticksPerStamp / 4;
    long step = Math.min(STEP_ITEMS * itemBytes, capacityBytes >>> MAX_STEP_SHIFT);
    if (Ghosts.origin(ghost) == SMALL) {
      if (leftAt >= lateSmallStamp()) {
        moveSmallTarget(step);
      }
      return leftAt;
    }
    if (leftAt >= lateMainStamp()) {
      moveSmallTarget(-step * 3 / 4);
    }
    return -1;
  }

  private void moveSmallTarget(long bytes) {
    smallTargetBytes =
        Math.clamp(
            smallTargetBytes + bytes,
            (long) (MIN_SMALL_SHARE * capacityBytes),
            (long) (MAX_SMALL_SHARE * capacityBytes));
  }

  /** A segment of the small queue, opened at {@code stamp}, was given up. */
  void smallSegmentEvicted(long stamp) {
    remember(lateSmall, stamp);
  }

  /** Items of the main queue were evicted. */
  void mainEvicted(long bytes) {
    mainEvictedBytes += bytes;
    while (mainEvictedBytes >= segmentBytes) {
      mainEvictedBytes -= segmentBytes;
      remember(lateMain, clock);
    }
  }

  private void remember(Queue<Long> late, long stamp) {
    late.add(stamp);
    if (late.size() > lateSegments) {
      late.remove();
    }
  }

  private long lateSmallStamp() {
    return lateSmall.isEmpty() ? clock : lateSmall.element();
  }

  private long lateMainStamp() {
    return lateMain.isEmpty() ? 0 : lateMain.element();
  }

  private long ghostNow() {
    return clock / ticksPerStamp;
  }
}
