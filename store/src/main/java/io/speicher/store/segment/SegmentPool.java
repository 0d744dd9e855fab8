package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.QUEUES;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives segments to items and to the index, and takes back those of items. It cleans nothing: where
 * no segment is free, {@link Room} sees to it.
 *
 * <p>Everything but {@link #available} needs the lock, which is held by whoever takes or cleans a
 * segment, for a step at a time, and never by a writer that takes bytes of an open segment, nor by
 * a reader. Under it, tables of the index are locked, one at a time; so nobody may ask for it who
 * has a table locked. Whoever holds it may wait for the writers of a segment to finish; so nobody
 * may ask for it who has reserved bytes.
 */
final class SegmentPool {
  /** One in so many segments is kept free for the cleaner, which copies before it can free. */
  private static final int RESERVE_SHIFT = 9;

  final ReentrantLock lock = new ReentrantLock();

  private final long root;
  private final Segments segments;
  private final OpenSegments open;
  private final HashIndex index;
  private final IndexPages pages;
  private final EvictionPolicy policy;
  private final Removals removals;
  private final int maxItemSegments;
  private final int reserve;

  /** How many segments can still be taken for items. Any thread reads. */
  private volatile int available;

  @GuardedBy("lock")
  private final FreeSegments free;

  /** How many segments items have, by queue. */
  @GuardedBy("lock")
  private final int[] queueSegments = new int[QUEUES];

  /** How many segments have been taken, ever, but for those that the cleaner copies to. */
  @GuardedBy("lock")
  private long taken;

  /**
   * @param maxItemSegments how many segments may hold items
   */
  SegmentPool(
      long root,
      Segments segments,
      OpenSegments open,
      HashIndex index,
      IndexPages pages,
      EvictionPolicy policy,
      Removals removals,
      int maxItemSegments) {
    this.root = root;
    this.segments = segments;
    this.open = open;
    this.index = index;
    this.pages = pages;
    this.policy = policy;
    this.removals = removals;
    this.maxItemSegments = maxItemSegments;
    reserve = 1 + (maxItemSegments >>> RESERVE_SHIFT);
    int firstIndexSegment = RootLayout.firstIndexSegment(root);
    free = new FreeSegments(segments.count(), firstIndexSegment);
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      if (segments.isInUse(segment)) { // It was, when the process began.
        queueSegments[ItemClass.queue(segments.itemClass(segment))] += segments.runLength(segment);
        free.remove(segment, segments.runLength(segment));
        if (!segments.isSealed(segment) && !open.reopen(segment)) {
          segments.seal(segment);
        }
      }
    }
    for (int segment = firstIndexSegment; segment < segments.count(); segment++) {
      if (segments.itemClass(segment) == Segments.FREE) {
        segments.becomeIndex(segment);
      }
    }
    updateAvailable();
  }

  /** How many segments can still be taken for items. Any thread may ask. */
  int available() {
    return available;
  }

  /** How many of them are to be left to the cleaner. */
  int reserve() {
    return reserve;
  }

  /** How many segments in a row an item may take, if everything else made way. */
  @GuardedBy("lock")
  int maxRunLength() {
    return Math.min(maxItemSegments, itemSegmentsEnd()) - reserve;
  }

  /** Segments from here on hold no items: the index takes them from the end. */
  @GuardedBy("lock")
  int itemSegmentsEnd() {
    return RootLayout.firstIndexSegment(root);
  }

  @GuardedBy("lock")
  FreeSegments free() {
    return free;
  }

  // ---- taking ----

  /** Opens another segment at a place, instead of the one that is open there. One is free. */
  @GuardedBy("lock")
  void openAnother(int place, long expiresAtMillis) {
    int last = open.segmentAcquire(place);
    if (last != NO_SEGMENT) {
      segments.seal(last);
      if (ItemClass.queue(segments.itemClass(last)) == MAIN) {
        segments.setPlace(last, segments.itemClass(last), policy.clock());
      }
    }
    int segment = free.next();
    begin(segment, 1, OpenSegments.itemClass(place), expiresAtMillis);
    open.setSegmentRelease(place, segment);
    fillMainFirst();
  }

  /** Takes free segments in a row for one item, and returns its location. */
  @GuardedBy("lock")
  long beginRun(int first, int runLength, int itemClass, long bytes, long expiresAtMillis) {
    begin(first, runLength, itemClass, expiresAtMillis);
    return segments.reserveRun(first, bytes);
  }

  @GuardedBy("lock")
  private void begin(int first, int runLength, int itemClass, long expiresAtMillis) {
    free.remove(first, runLength);
    queueSegments[ItemClass.queue(itemClass)] += runLength;
    updateAvailable();
    long expiryBaseMillis = TtlWindows.startMillis(ItemClass.window(itemClass), expiresAtMillis);
    segments.begin(first, itemClass, runLength, expiryBaseMillis, policy.clock());
  }

  /**
   * As long as there is room for all, nothing has to prove its worth: what is too much for the
   * small queue goes over to the main queue, whole segments at a time.
   */
  @GuardedBy("lock")
  private void fillMainFirst() {
    if (!removals.hasEvicted() && policy.isSmallTooLarge(queueBytes(SMALL))) {
      int oldest = NO_SEGMENT;
      for (int segment = 0; segment < itemSegmentsEnd(); segment++) {
        if (segments.isInUse(segment)
            && ItemClass.queue(segments.itemClass(segment)) == SMALL
            && !open.isOpen(segment)
            && (oldest == NO_SEGMENT || segments.isOlder(segment, oldest))) {
          oldest = segment;
        }
      }
      if (oldest != NO_SEGMENT) {
        int window = ItemClass.window(segments.itemClass(oldest));
        setPlace(oldest, ItemClass.of(MAIN, window), segments.stamp(oldest));
      }
    }
  }

  /** Reserves room for the copy of an item, if there is any, or returns less than 0. */
  @GuardedBy("lock")
  long reserveForMove(int place, long bytes, long expiresAtMillis) {
    if (bytes > segments.capacityBytes()) {
      int runLength = segments.segmentsFor(bytes);
      int first = available < runLength ? NO_SEGMENT : free.row(runLength);
      return first == NO_SEGMENT
          ? -1
          : beginRun(first, runLength, OpenSegments.itemClass(place), bytes, expiresAtMillis);
    }
    long location = reserveAt(place, bytes, expiresAtMillis);
    while (location < 0) {
      if (available == 0 || free.next() == NO_SEGMENT) {
        return -1;
      }
      openAnother(place, expiresAtMillis);
      location = reserveAt(place, bytes, expiresAtMillis); // Unless writers were faster.
    }
    return location;
  }

  private long reserveAt(int place, long bytes, long expiresAtMillis) {
    return open.reserve(open.segmentAcquire(place), place, (int) bytes, expiresAtMillis);
  }

  /** Gives the last segment before those of the index, which is free, to the index. */
  @GuardedBy("lock")
  void takeForIndex() {
    int segment = itemSegmentsEnd() - 1;
    pages.add(segments.startOf(segment), segments.segmentBytes()); // What may fail comes first.
    RootLayout.setFirstIndexSegment(root, segment);
    assert KillPoint.GROWING.reached();
    free.remove(segment, 1);
    segments.becomeIndex(segment);
    taken++;
    updateAvailable();
  }

  /** Whether the index has used half of the pages of the last segment that it took. */
  @GuardedBy("lock")
  boolean isIndexToGrowSoon() {
    return pages.available() * (long) IndexPages.PAGE_BYTES <= segments.segmentBytes() / 2;
  }

  /** Counts segments that were taken for what writers store. */
  @GuardedBy("lock")
  void countTaken(int count) {
    taken += count;
  }

  @GuardedBy("lock")
  private void updateAvailable() {
    available =
        Math.min(free.count(), maxItemSegments - queueSegments[SMALL] - queueSegments[MAIN]);
  }

  /**
   * How many segments there would be if nobody but the cleaner had ever taken any: this grows by
   * what cleaning has won, whatever writers do meanwhile.
   */
  @GuardedBy("lock")
  long everAvailable() {
    return available + taken;
  }

  // ---- taking back ----

  /** Lets nobody write to a segment any more, and returns whether nobody does. */
  @GuardedBy("lock")
  boolean close(int segment) {
    open.close(segment);
    return segments.seal(segment);
  }

  /** Lets nobody write any more to all open segments but so many of them. */
  @GuardedBy("lock")
  void closeAllBut(int kept) {
    for (int segment : open.segments().skip(kept).toArray()) {
      close(segment);
    }
  }

  /** Takes back a segment, or run, in which nothing is alive and nobody writes. */
  @GuardedBy("lock")
  void giveBack(int first) {
    assert segments.isDead(first) : "alive: segment=" + first;
    if (segments.isCleared(segments.sequenceAcquire(first))) {
      index.awaitClear(); // Or who unlinks an item of it would do so in its next life.
    }
    int runLength = segments.runLength(first);
    queueSegments[ItemClass.queue(segments.itemClass(first))] -= runLength;
    segments.end(first);
    free.add(first, runLength);
    updateAvailable();
  }

  /** Moves a segment that is not open to another queue or window, or in the order of its queue. */
  @GuardedBy("lock")
  void setPlace(int segment, int itemClass, long stamp) {
    queueSegments[ItemClass.queue(segments.itemClass(segment))] -= segments.runLength(segment);
    queueSegments[ItemClass.queue(itemClass)] += segments.runLength(segment);
    segments.setPlace(segment, itemClass, stamp);
  }

  // ---- accounts ----

  /** How much a queue holds: its segments, less what is still to be filled of them. */
  @GuardedBy("lock")
  long queueBytes(int queue) {
    return (long) queueSegments[queue] * segments.segmentBytes() - open.unfilledBytes(queue);
  }

  /** What is free or will be filled: segments, and what is empty of those that are open. */
  @GuardedBy("lock")
  long emptyBytes() {
    return (long) available * segments.segmentBytes()
        + open.unfilledBytes(SMALL)
        + open.unfilledBytes(MAIN);
  }

  /** The items that are to expire, but for those that do so after this century. */
  @GuardedBy("lock")
  long expiringItemCount() {
    long items = 0;
    for (int segment = 0; segment < itemSegmentsEnd(); segment++) {
      items +=
          segments.isInUse(segment)
                  && ItemClass.window(segments.itemClass(segment)) != TtlWindows.NONE
                  && !segments.isCleared(segments.sequenceAcquire(segment))
              ? segments.liveItems(segment)
              : 0;
    }
    return items;
  }

  /** What could hold other items: free segments and pages, and what is dead or empty of others. */
  @GuardedBy("lock")
  long unusedBytes() {
    long bytes = (long) itemSegmentsEnd() * segments.segmentBytes();
    for (int segment = 0; segment < itemSegmentsEnd(); segment++) {
      bytes -=
          segments.isInUse(segment) && !segments.isDead(segment) ? segments.liveBytes(segment) : 0;
    }
    return bytes + (long) pages.available() * IndexPages.PAGE_BYTES;
  }

  /** Lets a verifier look at everything, and returns what it has counted. */
  @GuardedBy("lock")
  ItemCensus verify(Verifier verifier) {
    int[] found = new int[QUEUES];
    for (int segment = 0; segment < segments.count(); segment++) {
      int itemClass = segments.itemClass(segment);
      verifier.expect(
          free.isFree(segment) == (itemClass == Segments.FREE)
              && (segment >= itemSegmentsEnd()) == (itemClass == Segments.INDEX),
          "segment %d: class=%d free=%b".formatted(segment, itemClass, free.isFree(segment)));
      if (segments.isInUse(segment)) {
        found[ItemClass.queue(itemClass)] += segments.runLength(segment);
      }
    }
    verifier.expect(
        Arrays.equals(found, queueSegments),
        "segments of the queues: " + Arrays.toString(queueSegments));
    return verifier.verify(itemSegmentsEnd(), pages.available());
  }
}
