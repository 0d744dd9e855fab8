package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.QUEUES;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.Segments.HEADER_BYTES;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.Ticker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives out room, for items and for the index, and takes it back.
 *
 * <p>Writers append to open segments. A segment belongs to a class of items: those of one queue and
 * one window. Any thread may call the methods for writers and for the store.
 */
final class Room {

  /*
   * Who cleans. Nobody waits for a background thread: a writer that finds few free segments cleans a
   * few items for every item that it writes, so that the work is spread evenly, and only one
   * that finds none at all cleans until there is one. Expired items are cleaned by maintain().
   *
   * The lock is held by whoever cleans or takes a segment, for a step at a time, and never by a
   * writer that takes bytes of an open segment, nor by a reader. Under it, tables of the index are
   * locked, one at a time; so nobody may ask for it who has a table locked. Whoever holds it may wait
   * for the writers of a segment to finish; so nobody may ask for it who has reserved bytes.
   *
   * Where segments come from. Items take the first free one, the index the last, so that there are
   * rows of free segments for items that need several. Where a row is missing, others make way.
   */
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /** Stands for the location of an item that does not fit. */
  static final long TOO_LARGE = -1;

  private static final int CLASSES = QUEUES * TtlWindows.COUNT;
  private static final int MAX_STRIPES = 4;

  /** A stripe of its own for some of the writers costs an open segment; so many must be there. */
  private static final int SEGMENTS_PER_STRIPE = 256;

  /** One in so many segments is kept free for the cleaner, which copies before it can free. */
  private static final int RESERVE_SHIFT = 9;

  /** A store is expected to grow by one in so many segments, at the most, in half a second. */
  private static final int MAX_GROWTH_SHIFT = 5;

  /** How many pages of the index there should be at any time. */
  private static final int SPARE_PAGES = 4;

  private static final int STEP_ITEMS = 64;

  /**
   * For each item that was written, one is cleaned in each turn, of which there are so many at the
   * most.
   */
  private static final int MAX_HELP_TURNS = 16;

  /**
   * A writer helps to clean each time that it has written this part of a segment, a kilobyte of two
   * megabytes. To look whether that is necessary reads what others write, and takes the lock: two
   * threads that did so for each item of 50 bytes took 170 ns longer for it.
   */
  private static final int HELP_SHIFT = 11;

  private final Segments segments;
  private final HashIndex index;
  private final IndexPages pages;
  private final Ticker ticker;
  private final EvictionPolicy policy;
  private final Cleaner cleaner;
  private final ReentrantLock lock = new ReentrantLock();

  /** Where writers append: for each stripe of them and each class, a segment or none. */
  private final int[] open;

  private final int stripes;
  private final int maxItemSegments;
  private final int reserve;

  /**
   * How many segments' worth of room there should be, in free segments and in what is empty of the
   * others: enough that whoever fills one finds another.
   */
  private final int spare;

  /** What was written to a segment with this sequence number or a smaller one was cleared. */
  private volatile long clearedThrough;

  /** How many segments can still be taken for items. */
  private volatile int available;

  @GuardedBy("lock")
  private final BitSet free;

  /** The index takes segments from the end; from this one on they are its own. */
  @GuardedBy("lock")
  private int firstIndexSegment;

  /** How many segments items have, by queue. */
  @GuardedBy("lock")
  private final int[] queueSegments = new int[QUEUES];

  /** How many segments have been taken, ever, but for those that the cleaner copies to. */
  @GuardedBy("lock")
  private long taken;

  @GuardedBy("lock")
  private final TtlWindows windows;

  /** Where the used segments ended, and where the index began, at the last call of maintain. */
  @GuardedBy("lock")
  private int lastEnd;

  @GuardedBy("lock")
  private int lastFirstIndexSegment;

  /** Up to where from the front, and from where to the end, memory is resident by our doing. */
  @GuardedBy("lock")
  private int populatedEnd;

  @GuardedBy("lock")
  private int populatedIndex;

  @GuardedBy("lock")
  private double tablesToAge;

  @GuardedBy("lock")
  private int nextTableToAge;

  /** While a row of segments is vacated: nothing may be taken from there. */
  @GuardedBy("lock")
  private int vacatingFrom;

  @GuardedBy("lock")
  private int vacatingTo;

  Room(
      NativeMemory memory,
      Segments segments,
      HashIndex index,
      IndexPages pages,
      KeyHash keyHash,
      Ticker ticker,
      int indexSegments,
      int maxItemSegments) {
    this.segments = segments;
    this.index = index;
    this.pages = pages;
    this.ticker = ticker;
    this.maxItemSegments = maxItemSegments;
    policy = new EvictionPolicy(maxItemSegments, segments.segmentBytes());
    cleaner = new Cleaner(memory, segments, index, keyHash, ticker, policy, this);
    int processors = Runtime.getRuntime().availableProcessors();
    stripes =
        Math.clamp(Math.min(processors, maxItemSegments / SEGMENTS_PER_STRIPE), 1, MAX_STRIPES);
    open = new int[stripes * CLASSES];
    Arrays.fill(open, NO_SEGMENT);
    reserve = 1 + (maxItemSegments >>> RESERVE_SHIFT);
    spare = reserve + 2;
    windows = new TtlWindows(ticker.millis());
    firstIndexSegment = segments.count() - indexSegments;
    for (int segment = firstIndexSegment; segment < segments.count(); segment++) {
      segments.setClass(segment, Segments.INDEX);
    }
    lastFirstIndexSegment = firstIndexSegment;
    populatedIndex = firstIndexSegment;
    free = new BitSet(segments.count()); // It never grows, so that to set a bit never fails.
    free.set(0, firstIndexSegment);
    updateAvailable();
  }

  // ---- for writers ----

  /** Which queue the next version of an item belongs to, whose last one lies in that segment. */
  int queueOfNext(int segment) {
    int itemClass = segments.itemClass(segment); // The segment may have ended meanwhile.
    return itemClass < 0 ? SMALL : queueOf(itemClass);
  }

  /** Which queue an item belongs to whose key had none. */
  int queueOfNew(long hash, long itemBytes) {
    int ghost = policy.ghostOf(index.ghosts(hash), hash);
    if (ghost == Ghosts.NONE || !lock.tryLock()) {
      return SMALL;
    }
    try {
      return cleaner.queueOfReturned(ghost, itemBytes);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the ghost of an item away that is in the index now. Its table is locked. */
  void forgetGhost(long table, long hash) {
    long ghosts = index.ghosts(hash);
    if (ghosts != 0) {
      index.setGhosts(table, hash, policy.withoutGhost(ghosts, hash));
    }
  }

  /**
   * Reserves room for an item, and counts the caller as a writer of its segment until {@link
   * #done}.
   *
   * @param writer a number of the thread; those that follow each other write to different segments,
   *     as far as there are any
   * @return the location, or {@link #TOO_LARGE}
   */
  long reserve(int queue, Draft draft, int writer) {
    int itemClass = itemClass(queue, draft.window());
    if (draft.bytes() > segments.segmentBytes() - HEADER_BYTES) {
      return reserveRun(itemClass, draft);
    }
    int place = place(itemClass, writer % stripes);
    while (true) {
      int segment = openAcquire(place);
      long location = reserveIn(segment, place, draft);
      if (location >= 0) {
        return location;
      }
      if (segment != NO_SEGMENT && wastesLessAlone(segment, place, draft)) {
        return reserveRun(itemClass, draft);
      }
      lock.lock();
      try {
        if (openAcquire(place) == segment) {
          makeAvailable(1);
          openAnother(place, draft);
          taken++;
          advanceClock(1);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Writes an item where room was reserved for it. */
  void write(Draft draft, long location) {
    int segment = segments.of(location);
    try {
      draft.write(segments.address(location), segments.expiryBaseMillis(segment));
    } finally {
      if (SegmentStore.CHECKED) {
        segments.addChecksum(segment, segments.address(location), (int) draft.bytes());
      }
    }
  }

  /** Counts the writer of an item out: it is linked now, or given up. */
  void done(long location) {
    segments.done(segments.of(location));
  }

  /**
   * Cleans a few items if room is short, and no more than that takes: what is cleaned too early is
   * judged too early. Called by a writer for each item, and does something once in a while.
   */
  void help(Lookup writer) {
    if (writer.writtenBytes() < segments.segmentBytes() >>> HELP_SHIFT) {
      return;
    }
    int items = Math.min(writer.takeWritten(), STEP_ITEMS); // Nobody is to wait for many tiny ones.
    if (available < spare && lock.tryLock()) {
      try {
        long wantedBytes = (long) spare * segments.segmentBytes();
        int turns = 0;
        while (turns < MAX_HELP_TURNS && emptyBytes() < wantedBytes && cleaner.step(items, false)) {
          turns++;
        }
      } finally {
        lock.unlock();
      }
    }
    if (pages.available() < SPARE_PAGES) {
      addPages();
    }
  }

  /** Takes a segment for the index, if that needs one. */
  void addPages() {
    lock.lock();
    try {
      if (pages.available() < SPARE_PAGES && firstIndexSegment > 1) {
        int segment = firstIndexSegment - 1;
        vacate(segment, segment + 1);
        pages.add(segments.startOf(segment), segments.segmentBytes()); // What may fail comes first.
        firstIndexSegment = segment;
        free.clear(segment);
        segments.setClass(segment, Segments.INDEX);
        taken++;
        updateAvailable();
      }
    } finally {
      lock.unlock();
    }
  }

  private long reserveIn(int segment, int place, Draft draft) {
    if (segment == NO_SEGMENT) {
      return -1;
    }
    long sequence = segments.sequenceAcquire(segment);
    // The second look at what is open here: in between, the segment was in that life.
    return isUsable(segment, sequence, place, draft)
        ? segments.reserve(segment, sequence, (int) draft.bytes())
        : -1;
  }

  /** Whether a segment is open for such items, be there room or not. */
  private boolean isUsable(int segment, long sequence, int place, Draft draft) {
    long expiryBaseMillis = segments.expiryBaseMillis(segment);
    return openAcquire(place) == segment
        && !isCleared(sequence)
        && (TtlWindows.isFar(windowOf(place))
            || ItemLayout.isNear(draft.expiresAtMillis(), expiryBaseMillis));
  }

  /**
   * Whether a segment of its own wastes less than to give up what is left of an open one, if it is
   * only for want of room that the item does not go there.
   */
  private boolean wastesLessAlone(int segment, int place, Draft draft) {
    int left = segments.segmentBytes() - segments.writeOffset(segment);
    return segments.segmentBytes() - HEADER_BYTES - draft.bytes() < left
        && isUsable(segment, segments.sequenceAcquire(segment), place, draft);
  }

  /** Reserves segments for one item alone. */
  private long reserveRun(int itemClass, Draft draft) {
    int runLength = segments.segmentsFor(draft.bytes());
    lock.lock();
    try {
      if (runLength > Math.min(maxItemSegments, firstIndexSegment) - reserve) {
        return TOO_LARGE;
      }
      int first = takeRun(runLength);
      taken += runLength;
      advanceClock(runLength);
      return beginRun(first, runLength, itemClass, draft);
    } finally {
      lock.unlock();
    }
  }

  // ---- taking segments ----

  /** Cleans until there are so many segments beside the reserve. */
  @GuardedBy("lock")
  private void makeAvailable(int wanted) {
    for (int attempt = 1; available < wanted + reserve; attempt++) {
      if (!cleaner.step(STEP_ITEMS, true)) {
        Backoff.pause(attempt); // All that could be cleaned is being written to.
      }
    }
  }

  @GuardedBy("lock")
  private void openAnother(int place, Draft draft) {
    int last = openAcquire(place);
    if (last != NO_SEGMENT) {
      segments.seal(last);
    }
    int segment = firstFree();
    begin(segment, 1, place % CLASSES, draft);
    INTS.setRelease(open, place, segment);
    fillMainFirst();
  }

  @GuardedBy("lock")
  private long beginRun(int first, int runLength, int itemClass, Draft draft) {
    begin(first, runLength, itemClass, draft);
    return segments.reserveRun(first, draft.bytes());
  }

  @GuardedBy("lock")
  private void begin(int first, int runLength, int itemClass, Draft draft) {
    free.clear(first, first + runLength);
    queueSegments[queueOf(itemClass)] += runLength;
    updateAvailable();
    long expiryBaseMillis = TtlWindows.startMillis(draft.window(), draft.expiresAtMillis());
    segments.begin(first, itemClass, runLength, expiryBaseMillis, policy.clock());
  }

  /**
   * As long as there is room for all, nothing has to prove its worth: what is too much for the
   * small queue goes over to the main queue, whole segments at a time.
   */
  @GuardedBy("lock")
  private void fillMainFirst() {
    if (cleaner.evictedItemCount() == 0 && policy.isSmallTooLarge(queueBytes(SMALL))) {
      int oldest = NO_SEGMENT;
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        if (segments.isInUse(segment)
            && queueOf(segments.itemClass(segment)) == SMALL
            && !isOpen(segment)
            && (oldest == NO_SEGMENT || segments.isOlder(segment, oldest))) {
          oldest = segment;
        }
      }
      if (oldest != NO_SEGMENT) {
        setClass(oldest, itemClass(MAIN, windowOf(segments.itemClass(oldest))));
      }
    }
  }

  /** Lets the clock of the policy go on, and old ghosts with it. */
  @GuardedBy("lock")
  private void advanceClock(int segments) {
    policy.advanceClock(segments);
    tablesToAge += segments * (double) index.tableCount() / policy.ticksOfGhosts();
    for (; tablesToAge >= 1; tablesToAge--) {
      index.replaceGhosts(index.table(nextTableToAge), policy::withoutOldGhosts);
      nextTableToAge = (nextTableToAge + 1) % index.tableCount();
    }
  }

  /** The first free segment outside of what is being vacated, or less than 0. */
  @GuardedBy("lock")
  private int firstFree() {
    int segment = free.nextSetBit(0);
    return segment >= vacatingFrom && segment < vacatingTo ? free.nextSetBit(vacatingTo) : segment;
  }

  /** What is free or will be: segments, what is still to be filled, and what has been cleaned. */
  @GuardedBy("lock")
  private long emptyBytes() {
    return (long) available * segments.segmentBytes()
        + unfilledBytes(SMALL)
        + unfilledBytes(MAIN)
        + cleaner.sweptBytes();
  }

  @GuardedBy("lock")
  private void updateAvailable() {
    available =
        Math.min(free.cardinality(), maxItemSegments - queueSegments[SMALL] - queueSegments[MAIN]);
  }

  /** Finds free segments in a row; where there are none, others make way for them. */
  @GuardedBy("lock")
  private int takeRun(int runLength) {
    makeAvailable(runLength);
    freeDeadSegments();
    int first = freeRun(runLength);
    if (first == NO_SEGMENT) {
      first = cheapestRun(runLength);
      vacate(first, first + runLength);
    }
    return first;
  }

  /** Frees all segments in which nothing is alive, so that there is less to be moved. */
  @GuardedBy("lock")
  private void freeDeadSegments() {
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      if (segments.isInUse(segment) && isDead(segment) && !isOpen(segment)) {
        cleaner.vacate(segment);
      }
    }
  }

  /** Free segments in a row, outside of what is being vacated, or {@link Segments#NO_SEGMENT}. */
  @GuardedBy("lock")
  private int freeRun(int runLength) {
    BitSet usable = (BitSet) free.clone();
    usable.clear(vacatingFrom, vacatingTo);
    int first = usable.nextSetBit(0);
    while (first >= 0 && usable.nextClearBit(first) - first < runLength) {
      first = usable.nextSetBit(usable.nextClearBit(first));
    }
    return first >= 0 ? first : NO_SEGMENT;
  }

  /** Where in a row of that length there is least to be moved. */
  @GuardedBy("lock")
  private int cheapestRun(int runLength) {
    long cost = 0;
    long leastCost = Long.MAX_VALUE;
    int best = NO_SEGMENT;
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      cost += costToVacate(segment, runLength);
      if (segment >= runLength) {
        cost -= costToVacate(segment - runLength, runLength);
      }
      if (segment >= runLength - 1 && cost < leastCost) {
        leastCost = cost;
        best = segment - runLength + 1;
      }
    }
    return best;
  }

  /** In bytes to copy; a run that is no shorter than what is wanted could hardly go elsewhere. */
  @GuardedBy("lock")
  private long costToVacate(int segment, int wantedLength) {
    if (free.get(segment)) {
      return 0;
    }
    int runLength = segments.runLength(segment);
    return runLength == 1
        ? segments.liveBytes(segment)
        : (runLength < wantedLength ? 1L : 16L) * segments.segmentBytes();
  }

  /** Makes all segments of a row free, moving what is alive if there is room elsewhere. */
  @GuardedBy("lock")
  private void vacate(int from, int to) {
    vacatingFrom = from;
    vacatingTo = to;
    try {
      int segment = from;
      while (segments.itemClass(segment) == Segments.RUN_TAIL) {
        segment--;
      }
      while (segment < to) {
        int runLength = free.get(segment) ? 1 : segments.runLength(segment);
        cleaner.vacate(segment);
        segment += runLength;
      }
    } finally {
      vacatingFrom = 0;
      vacatingTo = 0;
    }
  }

  // ---- for the cleaner, which holds the lock ----

  /** Reserves room for the copy of an item without making any, or returns {@link #TOO_LARGE}. */
  @GuardedBy("lock")
  long reserveForMove(int queue, Draft copy) {
    int itemClass = itemClass(queue, copy.window());
    if (copy.bytes() > segments.segmentBytes() - HEADER_BYTES) {
      int runLength = segments.segmentsFor(copy.bytes());
      int first = available < runLength ? NO_SEGMENT : freeRun(runLength);
      return first == NO_SEGMENT ? TOO_LARGE : beginRun(first, runLength, itemClass, copy);
    }
    int place = place(itemClass, 0);
    long location = reserveIn(openAcquire(place), place, copy);
    while (location < 0) {
      if (available == 0 || firstFree() < 0) {
        return TOO_LARGE;
      }
      openAnother(place, copy);
      location = reserveIn(openAcquire(place), place, copy); // Unless writers were faster.
    }
    return location;
  }

  /** Lets nobody write to a segment any more, and returns whether nobody does. */
  @GuardedBy("lock")
  boolean close(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += CLASSES) {
      if (openAcquire(place) == segment) {
        INTS.setRelease(open, place, NO_SEGMENT);
      }
    }
    return segments.seal(segment);
  }

  @GuardedBy("lock")
  boolean isOpen(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += CLASSES) {
      if (openAcquire(place) == segment) {
        return true;
      }
    }
    return false;
  }

  /** Takes back a segment, or run, in which nothing is alive and nobody writes. */
  @GuardedBy("lock")
  void giveBack(int first) {
    if (isCleared(segments.sequenceAcquire(first))) {
      index.awaitClear(); // Or who unlinks an item of it would do so in its next life.
    }
    int runLength = segments.runLength(first);
    queueSegments[queueOf(segments.itemClass(first))] -= runLength;
    segments.end(first);
    free.set(first, first + runLength);
    updateAvailable();
  }

  /** Moves a segment that is not open to another queue or window. */
  @GuardedBy("lock")
  void setClass(int segment, int itemClass) {
    queueSegments[queueOf(segments.itemClass(segment))] -= segments.runLength(segment);
    queueSegments[queueOf(itemClass)] += segments.runLength(segment);
    segments.setClass(segment, itemClass);
  }

  /** How much a queue holds: its segments, less what is still to be filled of them. */
  @GuardedBy("lock")
  long queueBytes(int queue) {
    return (long) queueSegments[queue] * segments.segmentBytes() - unfilledBytes(queue);
  }

  @GuardedBy("lock")
  private long unfilledBytes(int queue) {
    long bytes = 0;
    for (int stripe = 0; stripe < stripes; stripe++) {
      int segment = openAcquire(place(itemClass(queue, TtlWindows.NONE), stripe));
      if (segment != NO_SEGMENT) {
        bytes += segments.segmentBytes() - segments.writeOffset(segment);
      }
    }
    return bytes;
  }

  /** Whether nothing in a segment can be found any more. */
  boolean isDead(int segment) {
    return segments.liveBytes(segment) == 0 || isCleared(segments.sequenceAcquire(segment));
  }

  /** Segments from here on hold no items. */
  @GuardedBy("lock")
  int itemSegmentsEnd() {
    return firstIndexSegment;
  }

  /**
   * How many segments there would be if nobody but the cleaner had ever taken any: this grows by
   * what cleaning has won, whatever writers do meanwhile.
   */
  @GuardedBy("lock")
  long everAvailable() {
    return available + taken;
  }

  private boolean isCleared(long sequence) {
    return sequence <= clearedThrough;
  }

  // ---- for the store ----

  /**
   * Cleans what has expired or was cleared, a step at a time, and has memory ready. Gives back
   * segments in which nothing is alive, so that a store whose items are replaced all the time goes
   * on with the memory that it has already.
   */
  void maintain() {
    lock.lock();
    try {
      boolean[] dueWindows = windows.takeDue(ticker.millis());
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        if (segments.isInUse(segment)
            && (dueWindows[windowOf(segments.itemClass(segment))]
                || isCleared(segments.sequenceAcquire(segment))
                || (isDead(segment) && !isOpen(segment) && !segments.hasWriters(segment)))) {
          cleaner.addDue(segment);
        }
      }
    } finally {
      lock.unlock();
    }
    boolean more = true;
    while (more) {
      lock.lock();
      try {
        more = cleaner.stepDue(STEP_ITEMS);
      } finally {
        lock.unlock();
      }
    }
    populateAhead();
  }

  /**
   * Makes memory resident that will be needed before the next call, if the store grows on as fast
   * as it does: the kernel takes milliseconds to clear a huge page, which a writer should not wait
   * for.
   */
  private void populateAhead() {
    int from;
    int to;
    int indexFrom;
    int indexTo;
    lock.lock();
    try {
      int end = free.previousClearBit(firstIndexSegment - 1) + 1;
      from = Math.max(end, populatedEnd);
      // Not more, however long the last call took: what is not used would be resident for nothing.
      int growth = Math.clamp(end - lastEnd, 0, firstIndexSegment >>> MAX_GROWTH_SHIFT);
      to = Math.min(firstIndexSegment, end + 2 * growth + 2);
      indexTo = Math.min(firstIndexSegment, populatedIndex);
      indexFrom =
          Math.max(to, firstIndexSegment - 2 * (lastFirstIndexSegment - firstIndexSegment) - 1);
      lastEnd = end;
      lastFirstIndexSegment = firstIndexSegment;
      populatedEnd = Math.max(populatedEnd, to);
      populatedIndex = Math.min(populatedIndex, indexFrom);
    } finally {
      lock.unlock();
    }
    populate(from, to);
    populate(indexFrom, indexTo);
  }

  private void populate(int from, int to) {
    for (int segment = from; segment < to; segment++) {
      NativeMemory.populate(segments.address(segments.startOf(segment)), segments.segmentBytes());
    }
  }

  /**
   * Forgets everything: what was written to segments that are open now or have been will never be
   * linked or found again. First the segments are closed to writers, then the index is emptied, so
   * that what is linked after the clear lies in a segment that was opened after it.
   */
  void clear() {
    lock.lock();
    try {
      clearedThrough = segments.lastSequence();
      index.clear();
    } finally {
      lock.unlock();
    }
  }

  void countExpired() {
    cleaner.countExpired();
  }

  long evictedItemCount() {
    return cleaner.evictedItemCount();
  }

  long expiredItemCount() {
    return cleaner.expiredItemCount();
  }

  /** The items that are to expire, but for those that do so after this century. */
  long expiringItemCount() {
    lock.lock();
    try {
      long items = 0;
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        items +=
            segments.isInUse(segment)
                    && windowOf(segments.itemClass(segment)) != TtlWindows.NONE
                    && !isCleared(segments.sequenceAcquire(segment))
                ? segments.liveItems(segment)
                : 0;
      }
      return items;
    } finally {
      lock.unlock();
    }
  }

  /** What could hold other items: free segments and pages, and what is dead or empty of others. */
  long unusedBytes() {
    lock.lock();
    try {
      long bytes = (long) firstIndexSegment * segments.segmentBytes();
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        bytes -= segments.isInUse(segment) && !isDead(segment) ? segments.liveBytes(segment) : 0;
      }
      return bytes + (long) pages.available() * HashIndex.PAGE_BYTES;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a verifier look at everything. */
  void verify(Verifier verifier) {
    lock.lock();
    try {
      int[] found = new int[QUEUES];
      for (int segment = 0; segment < segments.count(); segment++) {
        int itemClass = segments.itemClass(segment);
        verifier.expect(
            free.get(segment) == (itemClass == Segments.FREE)
                && (segment >= firstIndexSegment) == (itemClass == Segments.INDEX),
            "segment %d: class=%d free=%b".formatted(segment, itemClass, free.get(segment)));
        if (segments.isInUse(segment)) {
          found[queueOf(itemClass)] += segments.runLength(segment);
        }
      }
      verifier.expect(
          Arrays.equals(found, queueSegments),
          "segments of the queues: " + Arrays.toString(queueSegments));
      verifier.verify(clearedThrough, firstIndexSegment, pages.available());
    } finally {
      lock.unlock();
    }
  }

  // ---- classes and places ----

  static int itemClass(int queue, int window) {
    return queue * TtlWindows.COUNT + window;
  }

  static int queueOf(int itemClass) {
    return itemClass / TtlWindows.COUNT;
  }

  /** Of a class or a place. */
  private static int windowOf(int itemClass) {
    return itemClass % TtlWindows.COUNT;
  }

  /**
   * Where a segment of a class is open: expiring items, of which there are many classes, have one
   * place for all writers, others one for each stripe of them.
   */
  private static int place(int itemClass, int stripe) {
    return windowOf(itemClass) == TtlWindows.NONE ? stripe * CLASSES + itemClass : itemClass;
  }

  private int openAcquire(int place) {
    return (int) INTS.getAcquire(open, place);
  }
}
