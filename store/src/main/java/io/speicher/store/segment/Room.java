package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.NOWHERE;
import static io.speicher.store.segment.EvictionPolicy.QUEUES;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.HashIndex.NOT_FOUND;
import static io.speicher.store.segment.Segments.HEADER_BYTES;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.Ticker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives out room for items and for the index, and makes room by cleaning segments.
 *
 * <p>To clean a segment is to walk through its items: those that are to stay are copied to an open
 * segment, all others are unlinked, and then it is free. {@link #chooseVictim} says which segment
 * and why. Any thread may call any method.
 */
final class Room {

  /*
   * Who cleans. Nobody waits for a background thread: a writer that finds few free segments cleans a
   * few items along with every item that it writes, so that the work is spread evenly, and only one
   * that finds none at all cleans until there is one. Expired items are cleaned by maintain().
   *
   * The lock is held by whoever cleans or takes a segment, for a step at a time, and never by a
   * writer that takes bytes of an open segment, nor by a reader. Under it, tables of the index are
   * locked, one at a time; so nobody may ask for it who has a table locked, and whoever cleans does
   * not wait for writers: they may be waiting for the table or the lock.
   */
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /** Stands for the location of an item that does not fit. */
  static final long TOO_LARGE = -1;

  /** What a segment is when it holds no items; other segments are in a class: queue and window. */
  static final int FREE = -1;

  static final int INDEX = -2;
  static final int RUN_TAIL = -3;

  private static final int CLASSES = QUEUES * TtlWindows.COUNT;

  /** Free segments that only the cleaner may take: it copies before it can free. */
  private static final int RESERVE = 1;

  /** Of all segments, one in so many is kept free by writers that help. */
  private static final int SPARE_SHIFT = 7;

  /** How many pages of the index there should be at any time. */
  private static final int SPARE_PAGES = 4;

  /** A segment is merged with others when at least this part of it is dead. */
  private static final int MERGE_SHIFT = 4;

  /** Merging may need so many segments to win one, where items are small. */
  private static final int MAX_FUTILE_MERGES = 2 << MERGE_SHIFT;

  private static final int STEP_ITEMS = 64;
  private static final int HELP_ITEMS = 4;
  private static final int MAX_WRITER_STRIPES = 4;

  /** Why a segment is cleaned, and so what becomes of the items in it that are alive. */
  private enum Purpose {
    /** They are judged. */
    EVICT,
    /** They all stay. */
    MERGE,
    /** They move on to the window that they belong to by now. */
    EXPIRE,
    /** They stay, but elsewhere; what needs a run of segments goes if there is no other one. */
    VACATE,
  }

  private final Segments segments;
  private final HashIndex index;
  private final IndexPages pages;
  private final KeyHash keyHash;
  private final Ticker ticker;
  private final EvictionPolicy policy = new EvictionPolicy();
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Where writers append: for each stripe and class a segment, or none; the last is the cleaner's.
   */
  private final int[] open;

  private final int cleanerStripe;
  private final int maxItemSegments;
  private final int spareSegments;

  /** What was written to a segment with this sequence number or a smaller one was cleared. */
  private volatile long clearedThrough;

  /** How many segments can still be taken for items. */
  private volatile int available;

  private final LongAdder evictedItemCount = new LongAdder();
  private final LongAdder expiredItemCount = new LongAdder();

  @GuardedBy("lock")
  private final BitSet free = new BitSet();

  /** The index takes segments from the end; from this one on they are its own. */
  @GuardedBy("lock")
  private int firstIndexSegment;

  @GuardedBy("lock")
  private int itemSegments;

  @GuardedBy("lock")
  private final TtlWindows windows;

  /** Segments, by number and sequence number, whose window has become due. */
  @GuardedBy("lock")
  private final Queue<long[]> due = new ArrayDeque<>();

  // The segment that is being cleaned.

  @GuardedBy("lock")
  private int victim = NO_SEGMENT;

  @GuardedBy("lock")
  private Purpose purpose = Purpose.EVICT;

  @GuardedBy("lock")
  private long victimCursor;

  @GuardedBy("lock")
  private final StoredItem item = new StoredItem();

  @GuardedBy("lock")
  private final LocationMatch here = new LocationMatch();

  @GuardedBy("lock")
  private int availableAtBegin;

  /** How many merges in a row have brought no segment more. */
  @GuardedBy("lock")
  private int futileMerges;

  /** While a run of segments is vacated: nothing may be taken from there. */
  @GuardedBy("lock")
  private int vacatingFrom;

  @GuardedBy("lock")
  private int vacatingTo;

  Room(
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
    this.keyHash = keyHash;
    this.ticker = ticker;
    this.maxItemSegments = maxItemSegments;
    int writerStripes =
        Math.clamp(
            Math.min(Runtime.getRuntime().availableProcessors(), segments.count() >>> 8),
            1,
            MAX_WRITER_STRIPES);
    cleanerStripe = writerStripes;
    open = new int[(writerStripes + 1) * CLASSES];
    Arrays.fill(open, NO_SEGMENT);
    spareSegments = RESERVE + (maxItemSegments >>> SPARE_SHIFT);
    windows = new TtlWindows(ticker.millis());
    firstIndexSegment = segments.count() - indexSegments;
    for (int segment = 0; segment < segments.count(); segment++) {
      segments.setClass(segment, segment < firstIndexSegment ? FREE : INDEX);
    }
    free.set(0, firstIndexSegment);
    updateAvailable();
  }

  // ---- for writers ----

  /**
   * Reserves room for an item, and counts the caller as a writer of its segment until {@link
   * #done}.
   *
   * @return the location, or {@link #TOO_LARGE}
   */
  long reserve(int queue, Draft draft) {
    int itemClass = itemClass(queue, draft.window());
    if (draft.bytes() > segments.segmentBytes() - HEADER_BYTES) {
      return reserveRun(itemClass, draft);
    }
    int place = place(itemClass, (int) (Thread.currentThread().threadId() % cleanerStripe));
    while (true) {
      int segment = openAcquire(place);
      long location = reserveIn(segment, place, draft);
      if (location >= 0) {
        return location;
      }
      if (segment != NO_SEGMENT && wastesLessAlone(segment, draft.bytes())) {
        return reserveRun(itemClass, draft);
      }
      lock.lock();
      try {
        if (openAcquire(place) == segment) {
          makeAvailable(1);
          closeAndOpen(place, draft.expiresAtMillis());
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Writes an item where room was reserved for it. */
  void write(Draft draft, long location) {
    int segment = segments.of(location);
    draft.write(segments.address(location), segments.expiryBaseMillis(segment));
    if (SegmentStore.CHECKED) {
      segments.addChecksum(segment, segments.address(location), (int) draft.bytes());
    }
  }

  /** Counts the writer of an item out: it is linked now, or given up. */
  void done(long location) {
    segments.done(segments.of(location));
  }

  /** Whether an item that was written there before the last clear may no longer be linked. */
  boolean isCleared(long sequence) {
    return sequence <= clearedThrough;
  }

  /** Does a small part of the work that is due, if any is. Called once for each item written. */
  void help() {
    if (available < spareSegments && lock.tryLock()) {
      try {
        step(HELP_ITEMS * Math.clamp(spareSegments - available, 1, STEP_ITEMS / HELP_ITEMS));
      } finally {
        lock.unlock();
      }
    }
    if (pages.available() < SPARE_PAGES) {
      addPages();
    }
  }

  /** Takes a segment for the index, if it needs one. */
  void addPages() {
    lock.lock();
    try {
      if (pages.available() < SPARE_PAGES && firstIndexSegment > 1) {
        int segment = firstIndexSegment - 1;
        vacate(segment, segment + 1);
        firstIndexSegment = segment;
        free.clear(segment);
        segments.setClass(segment, INDEX);
        updateAvailable();
        pages.add(segments.startOf(segment), segments.segmentBytes());
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
    long expiryBaseMillis = segments.expiryBaseMillis(segment);
    // Between these two looks the segment was open here, so it was in that life.
    boolean usable =
        openAcquire(place) == segment
            && !isCleared(sequence)
            && (TtlWindows.isFar(windowOf(place))
                || ItemLayout.isNear(draft.expiresAtMillis(), expiryBaseMillis));
    return usable ? segments.reserve(segment, sequence, (int) draft.bytes()) : -1;
  }

  /** Whether a run of its own wastes less than to give up what is left of an open segment. */
  private boolean wastesLessAlone(int segment, long itemBytes) {
    int left = segments.segmentBytes() - segments.writeOffset(segment);
    return segments.segmentBytes() - HEADER_BYTES - itemBytes < left;
  }

  /** Reserves segments for one item alone. */
  private long reserveRun(int itemClass, Draft draft) {
    int runLength = segments.segmentsFor(draft.bytes());
    lock.lock();
    try {
      return runLength > Math.min(maxItemSegments, firstIndexSegment) - RESERVE
          ? TOO_LARGE
          : beginRun(takeRun(runLength), runLength, itemClass, draft);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private long beginRun(int first, int runLength, int itemClass, Draft draft) {
    segments.begin(first, itemClass, runLength, expiryBase(itemClass, draft.expiresAtMillis()));
    for (int segment = first + 1; segment < first + runLength; segment++) {
      segments.setClass(segment, RUN_TAIL);
    }
    return segments.reserveRun(first, draft.bytes());
  }

  // ---- taking segments ----

  /** Cleans until there are so many segments beside the reserve. */
  @GuardedBy("lock")
  private void makeAvailable(int wanted) {
    for (int attempt = 1; available < wanted + RESERVE; attempt++) {
      if (!step(STEP_ITEMS)) {
        Backoff.pause(attempt); // All that could be cleaned is being written to.
      }
    }
  }

  @GuardedBy("lock")
  private void closeAndOpen(int place, long expiresAtMillis) {
    int itemClass = place % CLASSES;
    int last = openAcquire(place);
    if (last != NO_SEGMENT) {
      segments.seal(last);
    }
    int segment = firstFree();
    take(segment, 1);
    segments.begin(segment, itemClass, 1, expiryBase(itemClass, expiresAtMillis));
    INTS.setRelease(open, place, segment);
  }

  private static long expiryBase(int itemClass, long expiresAtMillis) {
    return TtlWindows.startMillis(windowOf(itemClass), expiresAtMillis);
  }

  /** The first free segment, which exists, outside of what is being vacated. */
  @GuardedBy("lock")
  private int firstFree() {
    int segment = free.nextSetBit(0);
    if (segment >= vacatingFrom && segment < vacatingTo) {
      segment = free.nextSetBit(vacatingTo);
    }
    return segment;
  }

  @GuardedBy("lock")
  private void take(int first, int runLength) {
    free.clear(first, first + runLength);
    itemSegments += runLength;
    updateAvailable();
  }

  @GuardedBy("lock")
  private void giveBack(int first) {
    int runLength = segments.runLength(first);
    segments.end(first);
    for (int segment = first; segment < first + runLength; segment++) {
      segments.setClass(segment, FREE);
    }
    free.set(first, first + runLength);
    itemSegments -= runLength;
    updateAvailable();
  }

  @GuardedBy("lock")
  private void updateAvailable() {
    available = Math.min(free.cardinality(), maxItemSegments - itemSegments);
  }

  /** Takes segments in a row; where there are none, others make way for them. */
  @GuardedBy("lock")
  private int takeRun(int runLength) {
    makeAvailable(runLength);
    freeDeadSegments();
    int first = freeRun(runLength);
    if (first == NO_SEGMENT) {
      first = cheapestRun(runLength);
      vacate(first, first + runLength);
    }
    take(first, runLength);
    return first;
  }

  /** Frees all segments in which nothing is alive, so that there is less to be moved. */
  @GuardedBy("lock")
  private void freeDeadSegments() {
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      if (segments.itemClass(segment) >= 0
          && segment != victim
          && isDead(segment)
          && !isOpen(segment)
          && isCleanable(segment)) {
        giveBack(segment);
      }
    }
  }

  @GuardedBy("lock")
  private boolean isDead(int segment) {
    return segments.liveBytes(segment) == 0 || isCleared(segments.sequenceAcquire(segment));
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
    if (segments.itemClass(segment) == FREE) {
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
      while (segments.itemClass(segment) == RUN_TAIL) {
        segment--;
      }
      while (segment < to) {
        int runLength = segments.itemClass(segment) == FREE ? 1 : segments.runLength(segment);
        if (segments.itemClass(segment) != FREE) {
          vacate(segment);
        }
        segment += runLength;
      }
    } finally {
      vacatingFrom = 0;
      vacatingTo = 0;
    }
  }

  @GuardedBy("lock")
  private void vacate(int segment) {
    while (victim != NO_SEGMENT) {
      step(STEP_ITEMS); // What was begun first.
    }
    for (int attempt = 1; segments.itemClass(segment) >= 0 && !isCleanable(segment); attempt++) {
      Backoff.pause(attempt);
    }
    if (segments.itemClass(segment) >= 0) {
      begin(segment, Purpose.VACATE);
      while (victim != NO_SEGMENT) {
        step(STEP_ITEMS);
      }
    }
  }

  // ---- cleaning ----

  /**
   * Cleans up to {@code maxItems} items. Returns false if there was nothing to clean, since writers
   * are at work on all there is.
   */
  @GuardedBy("lock")
  private boolean step(int maxItems) {
    if (victim == NO_SEGMENT && !chooseDue() && !chooseVictim()) {
      return false;
    }
    long end = segments.startOf(victim) + segments.writeOffset(victim);
    for (int i = 0;
        i < maxItems && victim != NO_SEGMENT && victimCursor < end && !isDead(victim);
        i++) {
      victimCursor += clean(victimCursor);
    }
    if (victim != NO_SEGMENT && (victimCursor >= end || isDead(victim))) {
      finish();
    }
    return true;
  }

  /** Begins with what has expired or was cleared, if writers are through with it. */
  @GuardedBy("lock")
  private boolean chooseDue() {
    for (long[] next = due.peek(); next != null; next = due.peek()) {
      int segment = (int) next[0];
      boolean isOver = segments.sequenceAcquire(segment) != next[1]; // It was cleaned meanwhile.
      if (!isOver && !isCleanable(segment)) {
        return false;
      }
      due.remove();
      if (!isOver) {
        return begin(segment, Purpose.EXPIRE);
      }
    }
    return false;
  }

  /** Begins with a segment of which much is dead, or else with one that the policy gives up. */
  @GuardedBy("lock")
  private boolean chooseVictim() {
    int deadest = NO_SEGMENT;
    long mostDeadBytes = 0;
    int[] queueSegments = new int[QUEUES];
    int[] oldest = {NO_SEGMENT, NO_SEGMENT};
    int anyOpen = NO_SEGMENT; // May hold what was written just now, so it goes last.
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      int itemClass = segments.itemClass(segment);
      if (itemClass < 0) {
        continue;
      }
      int queue = queueOf(itemClass);
      queueSegments[queue] += segments.runLength(segment);
      if (segments.hasWriters(segment)) {
        continue;
      }
      if (isOpen(segment)) {
        anyOpen = segment;
        continue;
      }
      if (oldest[queue] == NO_SEGMENT || segments.order(segment) < segments.order(oldest[queue])) {
        oldest[queue] = segment;
      }
      long deadBytes = deadBytes(segment);
      if (deadBytes > mostDeadBytes) {
        mostDeadBytes = deadBytes;
        deadest = segment;
      }
    }
    if (mostDeadBytes >= segments.segmentBytes() >>> MERGE_SHIFT
        && futileMerges <= MAX_FUTILE_MERGES
        && isCleanable(deadest)) {
      return begin(deadest, Purpose.MERGE);
    }
    futileMerges = 0;
    int queue = policy.queueToShrink(queueSegments[SMALL], queueSegments[MAIN]);
    int chosen = oldest[queue];
    if (chosen == NO_SEGMENT) {
      chosen = oldest[1 - queue] != NO_SEGMENT ? oldest[1 - queue] : anyOpen;
    }
    return chosen != NO_SEGMENT && isCleanable(chosen) && begin(chosen, Purpose.EVICT);
  }

  /** What cleaning a segment would bring at least. A run is dead as a whole or not at all. */
  @GuardedBy("lock")
  private long deadBytes(int segment) {
    if (isDead(segment)) {
      return (long) segments.runLength(segment) * segments.segmentBytes();
    }
    return segments.runLength(segment) > 1
        ? 0
        : segments.writeOffset(segment) - HEADER_BYTES - segments.liveBytes(segment);
  }

  @GuardedBy("lock")
  private boolean isOpen(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += CLASSES) {
      if (openAcquire(place) == segment) {
        return true;
      }
    }
    return false;
  }

  /** Lets nobody write to a segment any more, and returns whether nobody does. */
  @GuardedBy("lock")
  private boolean isCleanable(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += CLASSES) {
      if (openAcquire(place) == segment) {
        INTS.setRelease(open, place, NO_SEGMENT);
      }
    }
    return segments.seal(segment);
  }

  @GuardedBy("lock")
  private boolean begin(int segment, Purpose why) {
    victim = segment;
    purpose = why;
    victimCursor = segments.startOf(segment) + HEADER_BYTES;
    availableAtBegin = available;
    return true;
  }

  @GuardedBy("lock")
  private void finish() {
    assert isDead(victim) : "liveBytes=" + segments.liveBytes(victim);
    giveBack(victim);
    victim = NO_SEGMENT;
    if (purpose == Purpose.MERGE) {
      futileMerges = available > availableAtBegin ? 0 : futileMerges + 1;
    }
  }

  /** Cleans one item of the victim and returns its length. */
  @GuardedBy("lock")
  private long clean(long location) {
    item.at(segments.address(location), segments.expiryBaseMillis(victim));
    int itemBytes = item.bytes();
    ByteBuffer key = item.key();
    long hash = keyHash.of(key);
    here.location = location;
    long slotAddress = index.find(hash, here);
    while (slotAddress != NOT_FOUND && !decide(hash, key, slotAddress)) {
      // Somebody has asked for its version meanwhile, so it must take that along.
      slotAddress = index.find(hash, here);
    }
    return itemBytes;
  }

  /** Does what is to be done with a living item. Returns false if it is to be looked at again. */
  @GuardedBy("lock")
  private boolean decide(long hash, ByteBuffer key, long slotAddress) {
    if (item.expiresAtMillis() <= ticker.millis()) {
      unlink(hash, expiredItemCount);
      return true;
    }
    int queue = queueOf(segments.itemClass(victim));
    int frequency = HashIndex.frequency(here.slot);
    if (purpose == Purpose.EVICT) {
      int target = policy.verdict(queue, hash, frequency);
      if (target == NOWHERE) {
        policy.evicted(queue, hash);
        unlink(hash, evictedItemCount);
        return true;
      }
      frequency = policy.frequencyAfter(queue, frequency);
      queue = target;
    }
    return segments.runLength(victim) > 1 && purpose != Purpose.VACATE
        ? keepRun(queue, slotAddress, frequency)
        : move(hash, key, queue, frequency);
  }

  /** Unlinks an item of the victim, unless somebody else did, and counts it. */
  @GuardedBy("lock")
  private void unlink(long hash, LongAdder count) {
    long table = index.tableOf(hash);
    index.lock(table);
    try {
      long slotAddress = index.findLocked(table, HashIndex.tagOf(hash), here);
      if (slotAddress != NOT_FOUND) {
        index.remove(table, slotAddress);
        segments.addLiveBytes(victim, -item.bytes());
        count.increment();
      }
    } finally {
      index.unlock(table);
    }
  }

  /** Copies an item to an open segment and links it there. Returns false if it has changed. */
  @GuardedBy("lock")
  private boolean move(long hash, ByteBuffer key, int queue, int frequency) {
    long version =
        item.hasVersion()
            ? item.version()
            : HashIndex.isObserved(here.slot)
                ? segments.version(segments.sequenceAcquire(victim), here.location)
                : 0;
    Draft copy = Draft.copyOf(item, key, version, ticker.millis());
    long location = reserveForMove(queue, copy);
    if (location == TOO_LARGE) {
      unlink(hash, evictedItemCount);
      return true;
    }
    try {
      write(copy, location);
      long slot = HashIndex.slot(HashIndex.tagOf(hash), location, frequency);
      return relink(hash, slot, (int) copy.bytes());
    } finally {
      done(location);
    }
  }

  @GuardedBy("lock")
  private boolean relink(long hash, long newSlot, int newBytes) {
    long table = index.tableOf(hash);
    long before = here.slot;
    index.lock(table);
    try {
      long slotAddress = index.findLocked(table, HashIndex.tagOf(hash), here);
      if (slotAddress == NOT_FOUND) {
        return true;
      }
      if (!HashIndex.swap(slotAddress, before, newSlot)) {
        return false;
      }
      segments.addLiveBytes(segments.of(HashIndex.location(newSlot)), newBytes);
      segments.addLiveBytes(victim, -item.bytes());
      return true;
    } finally {
      index.unlock(table);
    }
  }

  @GuardedBy("lock")
  private long reserveForMove(int queue, Draft copy) {
    int itemClass = itemClass(queue, copy.window());
    if (copy.bytes() > segments.segmentBytes() - HEADER_BYTES) {
      int runLength = segments.segmentsFor(copy.bytes());
      int first = available < runLength ? NO_SEGMENT : freeRun(runLength);
      if (first == NO_SEGMENT) {
        return TOO_LARGE;
      }
      take(first, runLength);
      return beginRun(first, runLength, itemClass, copy);
    }
    int place = place(itemClass, cleanerStripe);
    long location = reserveIn(openAcquire(place), place, copy);
    if (location >= 0) {
      return location;
    }
    if (available == 0 || firstFree() < 0) {
      return TOO_LARGE;
    }
    closeAndOpen(place, copy.expiresAtMillis());
    return reserveIn(openAcquire(place), place, copy);
  }

  /** A run that stays does not move, but gets another class or place in its queue. */
  @GuardedBy("lock")
  private boolean keepRun(int queue, long slotAddress, int frequency) {
    HashIndex.setFrequency(slotAddress, here.slot, frequency);
    int window = TtlWindows.of(item.expiresAtMillis(), ticker.millis());
    segments.setClass(victim, itemClass(queue, window));
    if (purpose == Purpose.EVICT) {
      segments.moveToEnd(victim);
    }
    victim = NO_SEGMENT;
    return true;
  }

  /** Says yes to the slot of a location. */
  private static final class LocationMatch implements HashIndex.Match {
    private long location;
    private long slot;

    @Override
    public boolean matches(long slotAddress, long candidate) {
      slot = candidate;
      return HashIndex.location(candidate) == location;
    }
  }

  // ---- for the store ----

  /** Cleans what has expired or was cleared, a step at a time. */
  void maintain() {
    lock.lock();
    try {
      boolean[] dueWindows = windows.takeDue(ticker.millis());
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        int itemClass = segments.itemClass(segment);
        if (itemClass >= 0
            && (dueWindows[windowOf(itemClass)] || isCleared(segments.sequenceAcquire(segment)))) {
          due.add(new long[] {segment, segments.sequenceAcquire(segment)});
        }
      }
    } finally {
      lock.unlock();
    }
    boolean more = true;
    while (more) {
      lock.lock();
      try {
        more = (victim != NO_SEGMENT || chooseDue()) && step(STEP_ITEMS);
      } finally {
        lock.unlock();
      }
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

  /** Which queue an item of this segment is in. A hint: the segment may have ended meanwhile. */
  int queueOfSegment(int segment) {
    int itemClass = segments.itemClass(segment);
    return itemClass < 0 ? SMALL : queueOf(itemClass);
  }

  int queueOfNew(long hash) {
    return policy.queueOfNew(hash);
  }

  void countExpired() {
    expiredItemCount.increment();
  }

  long evictedItemCount() {
    return evictedItemCount.sum();
  }

  long expiredItemCount() {
    return expiredItemCount.sum();
  }

  /** What could hold other items: free segments, and dead bytes of the others. */
  long unusedBytes() {
    lock.lock();
    try {
      long bytes = (long) free.cardinality() * segments.segmentBytes();
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        if (segments.itemClass(segment) >= 0) {
          boolean cleared = isCleared(segments.sequenceAcquire(segment));
          bytes +=
              (long) segments.runLength(segment) * segments.segmentBytes()
                  - (cleared ? 0 : segments.liveBytes(segment));
        }
      }
      return bytes + (long) pages.available() * HashIndex.PAGE_BYTES;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a verifier look at everything, what is free and what is due included. */
  void verify(Verifier verifier) {
    lock.lock();
    try {
      for (int segment = 0; segment < segments.count(); segment++) {
        verifier.expect(
            free.get(segment) == (segments.itemClass(segment) == FREE),
            "free list and class of segment " + segment + " disagree");
      }
      int taken = 0;
      for (int segment = 0; segment < firstIndexSegment; segment++) {
        int itemClass = segments.itemClass(segment);
        taken += itemClass >= 0 ? segments.runLength(segment) : 0;
        verifier.expect(itemClass != INDEX, "an index segment among the others: " + segment);
        boolean isTail = segment > 0 && segments.itemClass(segment - 1) != FREE;
        verifier.expect(itemClass != RUN_TAIL || isTail, "the tail of nothing: " + segment);
      }
      verifier.expect(taken == itemSegments, "item segments counted: " + itemSegments);
      verifier.verify(clearedThrough, firstIndexSegment, pages.available());
    } finally {
      lock.unlock();
    }
  }

  private int openAcquire(int place) {
    return (int) INTS.getAcquire(open, place);
  }

  private static int itemClass(int queue, int window) {
    return queue * TtlWindows.COUNT + window;
  }

  private static int queueOf(int itemClass) {
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
}
