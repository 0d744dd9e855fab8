package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.QUEUES;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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

  /** No more than one in so many segments is kept free of items for those that wait. */
  private static final int MAX_SPENT_SHIFT = 3;

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

  /**
   * Whether a segment whose items are gone may be used again only when all that took their places
   * is on the disk.
   */
  private final boolean waitsForSync;

  /** Segments that wait for that, in the order in which their lives ended. */
  @GuardedBy("lock")
  private final ArrayDeque<Spent> spent = new ArrayDeque<>();

  @GuardedBy("lock")
  private int spentCount;

  /** How many segments were used again without waiting, since there was no other one. */
  @GuardedBy("lock")
  private long reusedEarly;

  /** As {@link #available}, with those that wait. Any thread reads. */
  private volatile int availableSoon;

  /** Segments that the index has taken, and whose pages it may use when they have waited. */
  @GuardedBy("lock")
  private final ArrayDeque<Spent> spentByIndex = new ArrayDeque<>();

  /** As many segments as are expected to wait at a time. Any thread reads. */
  private volatile int expectedSpent;

  /** Is told when segments that wait are needed. */
  private volatile Runnable syncWish = () -> {};

  /** How many segments items have, by queue. */
  @GuardedBy("lock")
  private final int[] queueSegments = new int[QUEUES];

  /** How many segments have been taken, ever, but for those that the cleaner copies to. */
  @GuardedBy("lock")
  private long taken;

  /**
   * A segment, or run, whose items are gone.
   *
   * @param epoch in which the last of them may have gone
   */
  private record Spent(int first, int runLength, long epoch) {}

  /**
   * @param maxItemSegments how many segments may hold items
   * @param waitsForSync whether segments whose items are gone are used again only after a {@link
   *     StoreSync}
   */
  SegmentPool(
      long root,
      Segments segments,
      OpenSegments open,
      HashIndex index,
      IndexPages pages,
      EvictionPolicy policy,
      Removals removals,
      int maxItemSegments,
      boolean waitsForSync) {
    this.root = root;
    this.segments = segments;
    this.open = open;
    this.index = index;
    this.pages = pages;
    this.policy = policy;
    this.removals = removals;
    this.maxItemSegments = maxItemSegments;
    this.waitsForSync = waitsForSync;
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
    if (waitsForSync && segments.lastSequence() > 0) {
      findSpent(firstIndexSegment);
    }
    updateAvailable();
  }

  /** Segments that waited when the process before was killed have their headers still. */
  @GuardedBy("lock")
  private void findSpent(int end) {
    for (int segment = 0; segment < end; segment++) {
      int runLength = free.isFree(segment) ? segments.endedRunLength(segment) : 0;
      if (runLength > 0 && free.areFree(segment, runLength, end)) {
        free.remove(segment, runLength);
        addSpent(segment, runLength);
        segment += runLength - 1;
      } else if (runLength > 0) {
        segments.erase(segment);
      }
    }
  }

  /** How many segments can still be taken for items. Any thread may ask. */
  int available() {
    return available;
  }

  /**
   * As {@link #available}, with those that can be taken after the next sync. Any thread may ask.
   */
  int availableSoon() {
    return availableSoon;
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
    if (available <= reserve + 1 && spentCount > 0) {
      syncWish.run();
    }
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
      int first = availableSoon < runLength ? NO_SEGMENT : row(runLength);
      return first == NO_SEGMENT
          ? -1
          : beginRun(first, runLength, OpenSegments.itemClass(place), bytes, expiresAtMillis);
    }
    long location = reserveAt(place, bytes, expiresAtMillis);
    while (location < 0) {
      while (available == 0 && takeEarly()) {
        assert waitsForSync;
      }
      if (available == 0 || free.next() == NO_SEGMENT) {
        return -1;
      }
      openAnother(place, expiresAtMillis);
      location = reserveAt(place, bytes, expiresAtMillis); // Unless writers were faster.
    }
    return location;
  }

  /**
   * The first of that many free segments in a row, outside of what is being vacated, or {@link
   * Segments#NO_SEGMENT}. Where there is no such row, segments that wait are taken early for one.
   */
  @GuardedBy("lock")
  int row(int length) {
    int first = free.row(length, new BitSet());
    if (first == NO_SEGMENT && spentCount > 0) {
      BitSet waiting = new BitSet();
      spent.forEach(next -> waiting.set(next.first, next.first + next.runLength));
      first = free.row(length, waiting);
      if (first != NO_SEGMENT) {
        takeEarly(first, first + length);
      }
    }
    return first;
  }

  private long reserveAt(int place, long bytes, long expiresAtMillis) {
    return open.reserve(open.segmentAcquire(place), place, (int) bytes, expiresAtMillis);
  }

  /**
   * Gives the last segment before those of the index, which is free or waits, to the index. If it
   * waits, the index has its pages after that.
   */
  @GuardedBy("lock")
  void takeForIndex() {
    int segment = itemSegmentsEnd() - 1;
    Spent waiting = waiting(segment);
    if (waiting == null) {
      pages.add(segments.startOf(segment), segments.segmentBytes()); // What may fail comes first.
    } else {
      spent.remove(waiting);
      if (waiting.runLength > 1) { // It is the last of the run.
        spent.addFirst(new Spent(waiting.first, waiting.runLength - 1, waiting.epoch));
      }
      spentByIndex.add(new Spent(segment, 1, waiting.epoch));
      spentCount--;
    }
    RootLayout.setFirstIndexSegment(root, segment);
    assert KillPoint.GROWING.reached();
    free.remove(segment, 1);
    segments.becomeIndex(segment);
    taken++;
    updateAvailable();
  }

  /** Whether there is a segment that the index has taken and whose pages it has not. */
  @GuardedBy("lock")
  boolean isIndexWaiting() {
    return !spentByIndex.isEmpty();
  }

  /** Lets the index have the pages of all its segments, whether they have waited or not. */
  @GuardedBy("lock")
  void takePagesEarly() {
    reusedEarly += spentByIndex.size();
    giveIndexPages(Long.MAX_VALUE);
    syncWish.run();
  }

  @GuardedBy("lock")
  private void giveIndexPages(long epoch) {
    for (Spent next = spentByIndex.peek();
        next != null && next.epoch <= epoch;
        next = spentByIndex.peek()) {
      pages.add(segments.startOf(next.first), segments.segmentBytes());
      spentByIndex.remove();
    }
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
    int mayBeTaken = maxItemSegments - queueSegments[SMALL] - queueSegments[MAIN];
    available = Math.min(free.count(), mayBeTaken);
    availableSoon = Math.min(free.count() + spentCount, mayBeTaken);
  }

  /**
   * How many segments there would be if nobody but the cleaner had ever taken any: this grows by
   * what cleaning has won, whatever writers do meanwhile.
   */
  @GuardedBy("lock")
  long everAvailable() {
    return availableSoon + taken;
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
    if (waitsForSync) {
      addSpent(first, runLength);
    } else {
      makeFree(first, runLength);
    }
    updateAvailable();
  }

  @GuardedBy("lock")
  private void addSpent(int first, int runLength) {
    spent.add(new Spent(first, runLength, segments.epoch()));
    spentCount += runLength;
  }

  @GuardedBy("lock")
  private void makeFree(int first, int runLength) {
    segments.erase(first);
    free.add(first, runLength);
  }

  // ---- waiting for the disk ----

  /** How many segments wait until they can be taken. */
  @GuardedBy("lock")
  int spentCount() {
    return spentCount;
  }

  /** How many segments were used again before what was moved from there was on the disk. */
  @GuardedBy("lock")
  long reusedEarly() {
    return reusedEarly;
  }

  /** How many segments, beside the spare ones, there should be that wait or are free. */
  int expectedSpent() {
    return expectedSpent;
  }

  /** Whom to tell when segments that wait are needed. */
  void setSyncWish(Runnable wish) {
    syncWish = wish;
  }

  /** All that happened up to the end of an epoch is on the disk. */
  @GuardedBy("lock")
  void completed(long epoch) {
    for (Spent next = spent.peek(); next != null && next.epoch <= epoch; next = spent.peek()) {
      spent.remove();
      spentCount -= next.runLength;
      makeFree(next.first, next.runLength);
    }
    giveIndexPages(epoch);
    updateAvailable();
  }

  /** Expects as many segments to wait as were taken between two syncs. */
  @GuardedBy("lock")
  void expectSpent(long takenSinceLast) {
    expectedSpent = (int) Math.min(2 * takenSinceLast, maxItemSegments >>> MAX_SPENT_SHIFT);
  }

  /** Lets the segment that has waited for longest be taken. Returns false if none waits. */
  @GuardedBy("lock")
  boolean takeEarly() {
    Spent oldest = spent.poll();
    if (oldest != null) {
      reuse(oldest);
    }
    return oldest != null;
  }

  /** Lets all segments of a row be taken that wait. */
  @GuardedBy("lock")
  void takeEarly(int from, int to) {
    List<Spent> taken = new ArrayList<>(spent);
    taken.removeIf(next -> next.first >= to || next.first + next.runLength <= from);
    spent.removeAll(taken);
    taken.forEach(this::reuse);
  }

  @GuardedBy("lock")
  private void reuse(Spent next) {
    spentCount -= next.runLength;
    reusedEarly += next.runLength;
    makeFree(next.first, next.runLength);
    updateAvailable();
    syncWish.run();
  }

  /** How many segments have been taken, ever, but for those that the cleaner copies to. */
  @GuardedBy("lock")
  long taken() {
    return taken;
  }

  /** Moves a segment that is not open to another queue or window, or in the order of its queue. */
  @GuardedBy("lock")
  void setPlace(int segment, int itemClass, long stamp) {
    queueSegments[ItemClass.queue(segments.itemClass(segment))] -= segments.runLength(segment);
    queueSegments[ItemClass.queue(itemClass)] += segments.runLength(segment);
    segments.setPlace(segment, itemClass, stamp);
  }

  @GuardedBy("lock")
  private @Nullable Spent waiting(int segment) {
    for (Spent next : spent) {
      if (next.first <= segment && segment < next.first + next.runLength) {
        return next;
      }
    }
    return null;
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
    return (long) availableSoon * segments.segmentBytes()
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
          (free.isFree(segment) || waiting(segment) != null) == (itemClass == Segments.FREE)
              && (segment >= itemSegmentsEnd()) == (itemClass == Segments.INDEX),
          "segment %d: class=%d free=%b".formatted(segment, itemClass, free.isFree(segment)));
      if (segments.isInUse(segment)) {
        found[ItemClass.queue(itemClass)] += segments.runLength(segment);
      }
    }
    verifier.expect(
        Arrays.equals(found, queueSegments),
        "segments of the queues: " + Arrays.toString(queueSegments));
    int waitingPages = spentByIndex.size() * (segments.segmentBytes() / IndexPages.PAGE_BYTES);
    return verifier.verify(itemSegmentsEnd(), pages.available() + waitingPages);
  }
}
