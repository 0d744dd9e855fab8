package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/**
 * Walks through the segments after a part was cleared alone, and unlinks its items, so that they
 * count as dead and their memory can be won back. Nobody sees them any more, but they take memory
 * until then.
 *
 * <p>One thread calls it. The lock of {@link SegmentPool} is held for {@value #CHUNK_ITEMS} items
 * at a time. A segment that is being written to for long is left to another walk.
 */
final class ClearedWalk {
  private static final int CHUNK_ITEMS = 64;
  private static final long MAX_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How often it is looked whether the writers of a segment are away. */
  private static final int LOOKS = 64;

  private final Segments segments;
  private final HashIndex index;
  private final SegmentPool pool;
  private final Parts parts;
  private final KeyHash keyHash;
  private final StoredItem item = new StoredItem();

  @GuardedBy("pool.lock")
  private boolean isWalking;

  /** How many clears there had been when the present walk began, and the last complete one. */
  @GuardedBy("pool.lock")
  private long begunClears;

  @GuardedBy("pool.lock")
  private long doneClears;

  /** Whether a segment was left out. */
  @GuardedBy("pool.lock")
  private boolean isIncomplete;

  /** Where the walk is: a segment in one of its lives, and the next item in it. */
  @GuardedBy("pool.lock")
  private int segment;

  @GuardedBy("pool.lock")
  private long sequence;

  @GuardedBy("pool.lock")
  private long cursor;

  ClearedWalk(Segments segments, HashIndex index, SegmentPool pool, Parts parts, KeyHash keyHash) {
    this.segments = segments;
    this.index = index;
    this.pool = pool;
    this.parts = parts;
    this.keyHash = keyHash;
  }

  /** Walks on for a while, if there is anything to unlink. */
  void step() {
    long beganNanos = System.nanoTime();
    boolean more = true;
    while (more && System.nanoTime() - beganNanos < MAX_STEP_NANOS) {
      pool.lock.lock();
      try {
        more = walkOn();
      } finally {
        pool.lock.unlock();
      }
    }
  }

  /** Looks at some items, and returns whether to go on at once. */
  @GuardedBy("pool.lock")
  private boolean walkOn() {
    if (!isWalking) {
      if (doneClears == parts.clears()) {
        return false;
      }
      isWalking = true;
      isIncomplete = false;
      begunClears = parts.clears();
      turnTo(0);
    }
    for (int left = CHUNK_ITEMS; left > 0; left--) {
      if (segment >= pool.itemSegmentsEnd()) {
        isWalking = false;
        doneClears = isIncomplete ? doneClears : begunClears;
        return false;
      }
      if (cursor >= endOfItems()) {
        turnTo(segment + 1);
      } else {
        look();
      }
    }
    return true;
  }

  @GuardedBy("pool.lock")
  private void turnTo(int next) {
    segment = next;
    if (next < pool.itemSegmentsEnd()) {
      sequence = segments.sequenceAcquire(next);
      cursor = segments.firstItemOf(next);
    }
  }

  /** Where the items end that are to be looked at in this segment. */
  @GuardedBy("pool.lock")
  private long endOfItems() {
    boolean isOver = segments.sequenceAcquire(segment) != sequence;
    if (isOver || !segments.isInUse(segment) || segments.isDead(segment)) {
      return cursor;
    }
    for (int i = 0; i < LOOKS; i++) {
      int written = segments.writtenOffset(segment);
      if (written >= 0) {
        return segments.startOf(segment) + written;
      }
      Thread.onSpinWait();
    }
    isIncomplete = true;
    return cursor;
  }

  @GuardedBy("pool.lock")
  private void look() {
    long location = cursor;
    long address = segments.address(location);
    item.at(address, segments.expiryBaseMillis(segment));
    cursor += Integer.toUnsignedLong(item.bytes());
    if (!ItemLayout.isDead(address) && parts.isCleared(item, sequence, location)) {
      unlink(location);
    }
  }

  @GuardedBy("pool.lock")
  private void unlink(long location) {
    long hash = keyHash.of(item);
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long slotAddress =
          index.findLocked(
              table, HashIndex.tagOf(hash), (at, slot) -> SlotLayout.location(slot) == location);
      if (slotAddress != HashIndex.NOT_FOUND) {
        index.remove(table, slotAddress);
        ItemLayout.markDead(item.address());
        parts.unlinked(item, sequence, location);
        segments.addLiveBytes(segment, -item.bytes());
      }
    } finally {
      index.unlock(table);
    }
  }
}
