package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.Ticker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the segments after a part was cleared alone, and unlinks its items, so that they
 * count as dead and their memory can be won back. Nobody sees them any more, but they take memory
 * until then. On its way it counts what is older than a namespace ({@link Recount}).
 *
 * <p>Tags may be cleared many times a second, and memory is won back without a walk, too, when it
 * is needed. So for tags alone a walk begins only once a minute, and takes little time.
 *
 * <p>One thread calls it. The lock of {@link SegmentPool} is held for {@value #CHUNK_ITEMS} items
 * at a time. A segment that is being written to for long is left to another walk.
 */
final class ClearedWalk {
  private static final int CHUNK_ITEMS = 64;
  private static final long MAX_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MAX_TAG_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long TAG_PERIOD_MILLIS = TimeUnit.MINUTES.toMillis(1);

  private final Segments segments;
  private final HashIndex index;
  private final SegmentPool pool;
  private final Parts parts;
  private final KeyHash keyHash;
  private final Ticker ticker;
  private final StoredItem item = new StoredItem();

  @GuardedBy("pool.lock")
  private boolean isWalking;

  /** How many changes there had been when the present walk began, and the last complete one. */
  @GuardedBy("pool.lock")
  private long begunChanges;

  @GuardedBy("pool.lock")
  private long doneChanges;

  /** The same, with tags that were cleared. */
  @GuardedBy("pool.lock")
  private long begunAll;

  @GuardedBy("pool.lock")
  private long doneAll;

  /** When the last walk began. */
  @GuardedBy("pool.lock")
  private long begunMillis;

  @GuardedBy("pool.lock")
  private Recount.Progress progress = Recount.Progress.NONE;

  /** Whether a segment was left out. */
  @GuardedBy("pool.lock")
  private boolean isIncomplete;

  @GuardedBy("pool.lock")
  private final SegmentCursor cursor;

  ClearedWalk(
      Segments segments,
      HashIndex index,
      SegmentPool pool,
      Parts parts,
      KeyHash keyHash,
      Ticker ticker) {
    this.segments = segments;
    this.index = index;
    this.pool = pool;
    this.parts = parts;
    this.keyHash = keyHash;
    this.ticker = ticker;
    cursor = new SegmentCursor(segments, pool);
  }

  /** Walks on for a while, if there is anything to do. */
  void step() {
    long beganNanos = System.nanoTime();
    long nowMillis = ticker.millis();
    boolean more = true;
    long maxNanos = MAX_STEP_NANOS;
    while (more && System.nanoTime() - beganNanos < maxNanos) {
      pool.lock.lock();
      try {
        more = (isWalking || mayBegin(nowMillis)) && walkOn();
        maxNanos = doneChanges == begunChanges ? MAX_TAG_STEP_NANOS : MAX_STEP_NANOS;
      } finally {
        pool.lock.unlock();
      }
    }
  }

  /** Begins a walk, if there is anything to do. */
  @GuardedBy("pool.lock")
  private boolean mayBegin(long nowMillis) {
    boolean forTags =
        doneAll != parts.changesAndTagClears() && nowMillis - begunMillis >= TAG_PERIOD_MILLIS;
    if (doneChanges == parts.changes() && !forTags) {
      return false;
    }
    isWalking = true;
    isIncomplete = false;
    begunChanges = parts.changes();
    begunAll = parts.changesAndTagClears();
    begunMillis = nowMillis;
    progress = new Recount.Progress();
    parts.beginWalk(progress);
    cursor.turnTo(0);
    return true;
  }

  /** Looks at some items, and returns whether to go on at once. */
  @GuardedBy("pool.lock")
  private boolean walkOn() {
    for (int left = CHUNK_ITEMS; left > 0; left--) {
      if (cursor.isAtEnd()) {
        isWalking = false;
        if (!isIncomplete) {
          doneChanges = begunChanges;
          doneAll = begunAll;
          parts.endWalk(begunChanges);
        }
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
    if (!ItemLayout.isDead(address)) {
      boolean isCleared = parts.isCleared(item, cursor.sequence(), location);
      Recount recount = isCleared ? null : parts.recountOf(item, cursor.sequence(), location);
      if (isCleared || recount != null) {
        unlinkOrCount(location, recount);
      }
    }
    progress.passedUpTo(cursor.location());
  }

  /**
   * @param recount null if it is to be unlinked
   */
  @GuardedBy("pool.lock")
  private void unlinkOrCount(long location, @Nullable Recount recount) {
    long hash = keyHash.of(item);
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long slotAddress =
          index.findLocked(
              table, HashIndex.tagOf(hash), (at, slot) -> SlotLayout.location(slot) == location);
      if (recount != null) {
        if (slotAddress != HashIndex.NOT_FOUND) {
          recount.found(item.bytes());
        }
        progress.passedUpTo(cursor.location()); // Before the table is unlocked.
      } else if (slotAddress != HashIndex.NOT_FOUND) {
        index.loses(table, cursor.sequence(), location);
        index.remove(table, slotAddress);
        segments.markDead(item.address());
        parts.unlinked(item, cursor.sequence(), location, Sweeper.Fate.CLEARED);
        segments.addLiveBytes(cursor.segment(), -item.bytes());
      }
    } finally {
      index.unlock(table);
    }
  }
}
