package io.speicher.store.segment;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.LargestItems;
import io.speicher.store.LargestItems.Large;
import io.speicher.store.Ticker;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Walks through all segments, some of them in each call of {@link #step}, and remembers the largest
 * items. One thread calls it; any thread may ask for {@link #found}.
 *
 * <h2>What a walk finds</h2>
 *
 * Segments are read in the order of their memory, which takes a few nanoseconds for each item, and
 * not by the index, which would take hundreds. An item that is moved meanwhile, from where the walk
 * has yet to come to where it has been, would be missed: so {@link Sweeper} tells of what it moves
 * ({@link #moved}). What is alive from the beginning of a walk to its end is therefore found. A
 * segment of which writers are never away for as long as a look takes is passed over.
 *
 * <h2>What it costs</h2>
 *
 * {@value #MAX_STEP_MILLIS} ms of each call at most, and nothing for {@value #PAUSE_MILLIS} ms
 * after a walk. A key is copied only if its item is larger than the hundredth so far. The lock of
 * {@link SegmentPool} is held for {@value #CHUNK_ITEMS} items at a time: some microseconds, or some
 * tens where items become ever larger.
 */
final class SizeWalk {
  static final int MAX_ITEMS = 100;

  /** So much of a key is copied. */
  static final int KEY_BYTES = 64;

  /** After a walk there is none for so long. */
  static final long PAUSE_MILLIS = 10_000;

  private static final int CHUNK_ITEMS = 64;
  private static final int MAX_STEP_MILLIS = 1;

  /** In how many steps it is looked whether the writers of a segment are away. */
  private static final int MAX_WAITS = 8;

  /** An item by the hash of its key, so that nobody is in the list twice. */
  private record Seen(long hash, Large item) {}

  private final Segments segments;
  private final SegmentPool pool;
  private final Parts parts;
  private final KeyHash keyHash;
  private final Ticker ticker;
  private final StoredItem item = new StoredItem();

  @GuardedBy("pool.lock")
  private final List<Seen> largest = new ArrayList<>(MAX_ITEMS);

  /** No item that takes no more than this is noted. */
  @GuardedBy("pool.lock")
  private long leastBytes;

  @GuardedBy("pool.lock")
  private boolean isWalking;

  @GuardedBy("pool.lock")
  private long beganMillis;

  @GuardedBy("pool.lock")
  private long nextWalkMillis = Long.MIN_VALUE;

  @GuardedBy("pool.lock")
  private final SegmentCursor cursor;

  /** How often the walk has waited for the writers of this segment. */
  @GuardedBy("pool.lock")
  private int waits;

  private volatile LargestItems found = LargestItems.NONE;

  SizeWalk(Segments segments, SegmentPool pool, Parts parts, KeyHash keyHash, Ticker ticker) {
    this.segments = segments;
    this.pool = pool;
    this.parts = parts;
    this.keyHash = keyHash;
    this.ticker = ticker;
    cursor = new SegmentCursor(segments, pool);
  }

  /** What the last walk has found. */
  LargestItems found() {
    return found;
  }

  /** Walks on for a moment. */
  void step() {
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_STEP_MILLIS);
    boolean more = true;
    while (more && System.nanoTime() - endNanos < 0) {
      pool.lock.lock();
      try {
        more = walkOn();
      } finally {
        pool.lock.unlock();
      }
    }
  }

  /** Whether it has to be told of what moves. The lock of the pool is held. */
  @SuppressWarnings("GuardedBy") // The compiler cannot know that the caller holds the same lock.
  boolean isWalking() {
    return isWalking;
  }

  /** An item that lay elsewhere until now is alive. The lock of the pool is held. */
  @SuppressWarnings("GuardedBy") // The compiler cannot know that the caller holds the same lock.
  void moved(StoredItem alive) {
    if (isWalking && alive.bytes() > leastBytes) {
      note(alive);
    }
  }

  /** Looks at some items, and returns whether it may go on at once. */
  @GuardedBy("pool.lock")
  private boolean walkOn() {
    if (!isWalking) {
      if (ticker.millis() < nextWalkMillis) {
        return false;
      }
      begin();
    }
    int left = CHUNK_ITEMS;
    while (left > 0) {
      if (cursor.isAtEnd()) {
        end();
        return false;
      }
      long end = waits > MAX_WAITS ? cursor.location() : cursor.endOfItems();
      if (end == SegmentCursor.BUSY) {
        waits++;
        return false;
      }
      for (; left > 0 && cursor.location() < end; left--) {
        look();
      }
      if (cursor.location() >= end) {
        turnTo(cursor.segment() + 1);
        left--;
      }
    }
    return true;
  }

  @GuardedBy("pool.lock")
  private void begin() {
    isWalking = true;
    largest.clear();
    leastBytes = 0;
    beganMillis = ticker.millis();
    turnTo(0);
  }

  @GuardedBy("pool.lock")
  private void end() {
    isWalking = false;
    long now = ticker.millis();
    nextWalkMillis = now + PAUSE_MILLIS;
    List<Large> items =
        largest.stream()
            .map(Seen::item)
            .sorted(Comparator.comparingLong(Large::bytes).reversed())
            .toList();
    largest.clear();
    found = new LargestItems(items, now, now - beganMillis);
  }

  @GuardedBy("pool.lock")
  private void turnTo(int next) {
    waits = 0;
    cursor.turnTo(next);
  }

  @GuardedBy("pool.lock")
  private void look() {
    long location = cursor.location();
    long address = segments.address(location);
    item.at(address, segments.expiryBaseMillis(cursor.segment()));
    cursor.pass(item);
    boolean isLarge = Integer.toUnsignedLong(item.bytes()) > leastBytes;
    if (isLarge && !ItemLayout.isDead(address) && !isExpired() && !isCleared(location)) {
      note(item);
    }
  }

  @GuardedBy("pool.lock")
  private boolean isCleared(long location) {
    return parts.isCleared(item, cursor.sequence(), location);
  }

  private boolean isExpired() {
    return item.expires() && item.expiresAtMillis() <= ticker.millis();
  }

  @GuardedBy("pool.lock")
  private void note(StoredItem alive) {
    long hash = keyHash.of(alive);
    largest.removeIf(seen -> seen.hash() == hash);
    if (largest.size() == MAX_ITEMS) {
      largest.remove(smallest());
    }
    int shown = Math.min(alive.keyBytes(), KEY_BYTES);
    ByteBuffer key = ByteBuffer.allocate(shown);
    key.put(NativeMemory.view(alive.keyAddress(), shown)).flip();
    largest.add(
        new Seen(
            hash,
            new Large(
                key.asReadOnlyBuffer(), alive.keyBytes(), Integer.toUnsignedLong(alive.bytes()))));
    leastBytes = largest.size() < MAX_ITEMS ? 0 : largest.get(smallest()).item().bytes();
  }

  @GuardedBy("pool.lock")
  private int smallest() {
    int smallest = 0;
    for (int i = 1; i < largest.size(); i++) {
      if (largest.get(i).item().bytes() < largest.get(smallest).item().bytes()) {
        smallest = i;
      }
    }
    return smallest;
  }
}
