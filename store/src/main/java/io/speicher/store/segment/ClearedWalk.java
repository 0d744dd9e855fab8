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

  @GuardedBy("pool.lock")
  private final SegmentCursor cursor;

  ClearedWalk(Segments segments, HashIndex index, SegmentPool pool, Parts parts, KeyHash keyHash) {
    this.segments = segments;
    this.index = index;
    this.pool = pool;
    this.parts = parts;
    this.keyHash = keyHash;
    cursor = new SegmentCursor(segments, pool);
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
      cursor.turnTo(0);
    }
    for (int left = CHUNK_ITEMS; left > 0; left--) {
      if (cursor.isAtEnd()) {
        isWalking = false;
        doneClears = isIncomplete ? doneClears : begunClears;
        return false;
      }
      if (cursor.location() >= endOfItems()) {
        cursor.turnTo(cursor.segment() + 1);
      } else {
        look();
      }
    }
    return true;
  }

  /** Where the items end that are to be looked at in this segment. */
  @GuardedBy("pool.lock")
  private long endOfItems() {
    if (segments.isDead(cursor.segment())) {
      return cursor.location();
    }
    long end = cursor.endOfItems();
    if (end == SegmentCursor.BUSY) {
      isIncomplete = true;
      return cursor.location();
    }
    return end;
  }

  @GuardedBy("pool.lock")
  private void look() {
    long location = cursor.location();
    long address = segments.address(location);
    item.at(address, segments.expiryBaseMillis(cursor.segment()));
    cursor.pass(item);
    if (!ItemLayout.isDead(address) && parts.isCleared(item, cursor.sequence(), location)) {
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
        parts.unlinked(item, cursor.sequence(), location);
        segments.addLiveBytes(cursor.segment(), -item.bytes());
      }
    } finally {
      index.unlock(table);
    }
  }
}
