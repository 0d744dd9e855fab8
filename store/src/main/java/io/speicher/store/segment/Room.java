package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static io.speicher.store.segment.Segments.NO_SEGMENT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.CreateResult;
import io.speicher.store.LargestItems;
import io.speicher.store.Ticker;
import io.speicher.store.TtlRule;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Has room for what writers store, and for the index. Any thread may call anything here. */
final class Room {

  /*
   * Who cleans. Nobody waits for a background thread: a writer that finds few free segments cleans a
   * few items for every item that it writes, so that the work is spread evenly, and only one
   * that finds none at all cleans until there is one. In the same way writers merge segments that
   * are mostly dead, so that memory follows what is alive. Expired items are cleaned by maintain(),
   * which also merges while nobody writes.
   *
   * Who knows what: SegmentPool, which segments are free, and its lock; OpenSegments, where writers
   * append; Runs, how to find segments in a row; Cleaner, how segments become free; Residency, what
   * of all this is in memory.
   */

  /** Stands for the location of an item that does not fit. */
  static final long TOO_LARGE = -1;

  private static final int MAX_STRIPES = 4;

  /** A stripe of its own for some of the writers costs an open segment; so many must be there. */
  private static final int SEGMENTS_PER_STRIPE = 256;

  /** How many pages of the index there should be at any time. */
  private static final int SPARE_PAGES = 4;

  private static final int STEP_ITEMS = 64;

  /**
   * For each item that was written, one is cleaned in each turn, of which there are so many at the
   * most.
   */
  private static final int MAX_HELP_TURNS = 16;

  /**
   * Merging segments that are a quarter dead goes over four items for each one that it makes room
   * for.
   */
  private static final int COMPACTION_ITEMS = 4;

  /** How long a call of {@link #maintain} may merge segments. */
  private static final long MAX_COMPACTION_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /**
   * A writer helps to clean each time that it has written this part of a segment, a kilobyte of two
   * megabytes. To look whether that is necessary reads what others write, and takes the lock: two
   * threads that did so for each item of 50 bytes took 170 ns longer for it.
   */
  private static final int HELP_SHIFT = 11;

  private final long root;
  private final Segments segments;
  private final HashIndex index;
  private final IndexPages pages;
  private final Ticker ticker;
  private final Removals removals;
  private final EvictionPolicy policy;
  private final OpenSegments open;
  private final SegmentPool pool;
  private final Cleaner cleaner;
  private final Compaction compaction;
  private final Runs runs;
  private final Residency residency;
  private final SizeWalk sizeWalk;
  private final Parts parts;
  private final ClearedWalk clearedWalk;

  /**
   * How many segments' worth of room there should be, in free segments and in what is empty of the
   * others: enough that whoever fills one finds another.
   */
  private final int spare;

  @GuardedBy("pool.lock")
  private final TtlWindows windows;

  /** The clock of the policy at the last call of maintain. */
  @GuardedBy("pool.lock")
  private long lastClock;

  @GuardedBy("pool.lock")
  private double tablesToAge;

  @GuardedBy("pool.lock")
  private int nextTableToAge;

  /**
   * @param root the address of the root page
   * @param maxItemSegments how many segments may hold items
   * @param waitsForSync whether segments are used again only after a {@link StoreSync}
   * @param tagsAddress the address of the table of tags
   */
  Room(
      long root,
      NativeMemory memory,
      Segments segments,
      HashIndex index,
      IndexPages pages,
      KeyHash keyHash,
      Ticker ticker,
      Removals removals,
      Changes changes,
      int maxItemSegments,
      boolean waitsForSync,
      long tagsAddress,
      int tagBuckets) {
    this.root = root;
    this.segments = segments;
    this.index = index;
    this.pages = pages;
    this.ticker = ticker;
    this.removals = removals;
    policy = new EvictionPolicy(maxItemSegments, segments.segmentBytes());
    boolean mergesApart = maxItemSegments >= SEGMENTS_PER_STRIPE;
    open = new OpenSegments(segments, stripes(maxItemSegments), mergesApart);
    pool =
        new SegmentPool(
            root, segments, open, index, pages, policy, removals, maxItemSegments, waitsForSync);
    compaction = new Compaction(segments, pool);
    TagTable tags = new TagTable(tagsAddress, tagBuckets, pool.lock);
    parts = new Parts(segments, open, pool, index, keyHash, tags);
    clearedWalk = new ClearedWalk(segments, index, pool, parts, keyHash, ticker);
    sizeWalk = new SizeWalk(segments, pool, parts, keyHash, ticker);
    Sweeper sweeper =
        new Sweeper(
            memory, segments, index, keyHash, ticker, policy, open, pool, removals, changes,
            sizeWalk, parts);
    cleaner = new Cleaner(segments, policy, open, pool, sweeper, compaction);
    runs = new Runs(segments, open, pool, cleaner);
    residency = new Residency(segments, pool, RootLayout.firstIndexSegment(root));
    spare = pool.reserve() + 2;
    long lastMillis = RootLayout.wallMillis(root); // What came due since is still to be cleaned.
    windows = new TtlWindows(lastMillis == 0 ? ticker.millis() : lastMillis);
  }

  /** Goes on where another process has left off, of which the file says what it knew. */
  void resume() {
    long clock = 0;
    for (int segment = 0; segment < RootLayout.firstIndexSegment(root); segment++) {
      clock = segments.isInUse(segment) ? Math.max(clock, segments.stamp(segment)) : clock;
    }
    long target = RootLayout.smallTargetBytes(root);
    policy.resume(clock + 1, target == 0 ? policy.smallTargetBytes() : target);
  }

  /** Notes for another process what is not in memory otherwise. */
  void note() {
    pool.lock.lock();
    try {
      RootLayout.setWallMillis(root, ticker.millis());
      RootLayout.setPolicy(root, removals.hasEvicted(), policy.smallTargetBytes());
    } finally {
      pool.lock.unlock();
    }
  }

  private static int stripes(int maxItemSegments) {
    int processors = Runtime.getRuntime().availableProcessors();
    return Math.clamp(Math.min(processors, maxItemSegments / SEGMENTS_PER_STRIPE), 1, MAX_STRIPES);
  }

  // ---- for writers ----

  /** Which queue the next version of an item belongs to, whose last one lies in that segment. */
  int queueOfNext(int segment) {
    int itemClass = segments.itemClass(segment); // The segment may have ended meanwhile.
    return itemClass < 0 ? SMALL : ItemClass.queue(itemClass);
  }

  /** Which queue an item belongs to whose key had none. */
  int queueOfNew(long hash, long itemBytes) {
    int ghost = policy.ghostOf(index.homeBucket(hash), hash);
    if (ghost == Ghosts.NONE || !pool.lock.tryLock()) {
      return SMALL;
    }
    try {
      return cleaner.queueOfReturned(ghost, itemBytes);
    } finally {
      pool.lock.unlock();
    }
  }

  /** Takes the ghost of an item away that is in the index now. Its table is locked. */
  void forgetGhost(long table, long hash) {
    Ghosts.remove(index.homeBucket(table, hash), hash);
  }

  /**
   * Reserves room for an item, and counts the caller as a writer of its segment until {@link
   * Segments#done}.
   *
   * @param writer a number of the thread; those that follow each other write to different segments,
   *     as far as there are any
   * @return the location, or {@link #TOO_LARGE}
   */
  long reserve(int queue, Draft draft, int writer) {
    int itemClass = ItemClass.of(queue, draft.window());
    if (draft.bytes() > segments.capacityBytes()) {
      return reserveRun(itemClass, draft);
    }
    int bytes = (int) draft.bytes();
    int place = open.place(itemClass, writer);
    while (true) {
      int segment = open.segmentAcquire(place);
      long location = open.reserve(segment, place, bytes, draft.expiresAtMillis());
      if (location >= 0) {
        return location;
      }
      if (segment != NO_SEGMENT
          && open.wastesLessAlone(segment, place, bytes, draft.expiresAtMillis())) {
        return reserveRun(itemClass, draft);
      }
      pool.lock.lock();
      try {
        if (open.segmentAcquire(place) == segment) {
          makeAvailable(1);
          pool.openAnother(place, draft.expiresAtMillis());
          countTaken(1);
        }
      } finally {
        pool.lock.unlock();
      }
    }
  }

  /** Writes an item where room was reserved for it. What cannot be written is dead. */
  void write(Draft draft, long location) {
    open.write(draft, location);
  }

  /**
   * Cleans a few items if room is short, and no more than that takes: what is cleaned too early is
   * judged too early. Called by a writer for each item, and does something once in a while.
   */
  void help(Lookup writer) {
    if (writer.writtenBytes() < segments.segmentBytes() >>> HELP_SHIFT) {
      return;
    }
    boolean needed = pool.availableSoon() < spare + pool.expectedSpent() || compaction.isDue();
    if (!needed) {
      writer.takeWritten();
    } else if (pool.lock.tryLock()) {
      try {
        help(Math.min(writer.takeWritten(), STEP_ITEMS)); // Nobody is to wait for many tiny ones.
      } finally {
        pool.lock.unlock();
      }
    } else {
      writer.deferHelp();
    }
    if (pages.available() < SPARE_PAGES) {
      addPages();
    }
  }

  @GuardedBy("pool.lock")
  private void help(int writtenItems) {
    int wanted = spare + pool.expectedSpent();
    if (pool.availableSoon() < wanted) {
      long wantedBytes = (long) wanted * segments.segmentBytes();
      int turns = 0;
      while (turns < MAX_HELP_TURNS
          && pool.emptyBytes() + cleaner.sweptBytes() < wantedBytes
          && cleaner.step(writtenItems, false)) {
        turns++;
      }
    } else if (compaction.isDue()) {
      cleaner.compact(COMPACTION_ITEMS * writtenItems);
    }
  }

  /** Takes a segment for the index, if that needs one. */
  void addPages() {
    pool.lock.lock();
    try {
      if (pages.available() < SPARE_PAGES && pool.itemSegmentsEnd() > 1 && !pool.isIndexWaiting()) {
        int segment = pool.itemSegmentsEnd() - 1;
        runs.vacate(segment, segment + 1);
        pool.takeForIndex();
      }
      if (pages.available() == 0 && pool.isIndexWaiting()) {
        pool.takePagesEarly();
      }
    } finally {
      pool.lock.unlock();
    }
  }

  /** Reserves segments for one item alone. */
  private long reserveRun(int itemClass, Draft draft) {
    int runLength = segments.segmentsFor(draft.bytes());
    pool.lock.lock();
    try {
      if (runLength > pool.maxRunLength()) {
        return TOO_LARGE;
      }
      makeAvailable(runLength);
      int first = runs.makeFree(runLength);
      countTaken(runLength);
      return pool.beginRun(first, runLength, itemClass, draft.bytes(), draft.expiresAtMillis());
    } finally {
      pool.lock.unlock();
    }
  }

  /** Cleans until there are so many segments beside the reserve. */
  @GuardedBy("pool.lock")
  private void makeAvailable(int wanted) {
    for (int attempt = 1; pool.available() < wanted + pool.reserve(); attempt++) {
      if (!pool.takeEarly() && !cleaner.step(STEP_ITEMS, true)) {
        Backoff.pause(attempt); // All that could be cleaned is being written to.
      }
    }
  }

  /** Lets the clock of the policy go on by segments that were taken, and old ghosts with it. */
  @GuardedBy("pool.lock")
  private void countTaken(int count) {
    pool.countTaken(count);
    policy.advanceClock(count);
    compaction.opened();
    tablesToAge += count * (double) index.tableCount() / policy.ticksOfGhosts();
    for (; tablesToAge >= 1; tablesToAge--) {
      index.forEachBucket(index.table(nextTableToAge), policy::removeOldGhosts);
      nextTableToAge = (nextTableToAge + 1) % index.tableCount();
    }
  }

  // ---- for the store ----

  /**
   * Cleans what has expired or was cleared, unlinks what was cleared of segments with other items,
   * frees segments in which nothing is alive, merges some while nobody writes, has memory ready
   * that a growing store will need, and gives back what was not needed, and looks for the largest
   * items; all of it a step at a time.
   */
  void maintain() {
    addDue();
    boolean more = true;
    while (more) {
      pool.lock.lock();
      try {
        more = cleaner.stepDue(STEP_ITEMS);
      } finally {
        pool.lock.unlock();
      }
    }
    clearedWalk.step();
    compactIfQuiet();
    residency.adjust();
    sizeWalk.step();
    if (index.isDurable()) {
      note();
    }
  }

  private void addDue() {
    pool.lock.lock();
    try {
      boolean[] dueWindows = windows.takeDue(ticker.millis());
      for (int segment = 0; segment < pool.itemSegmentsEnd(); segment++) {
        if (segments.isInUse(segment)
            && (dueWindows[ItemClass.window(segments.itemClass(segment))]
                || segments.isCleared(segments.sequenceAcquire(segment))
                || (!open.isOpen(segment) && segments.staysDead(segment)))) {
          cleaner.addDue(segment);
        }
      }
    } finally {
      pool.lock.unlock();
    }
  }

  private void compactIfQuiet() {
    boolean more;
    pool.lock.lock();
    try {
      more = policy.clock() == lastClock;
      lastClock = policy.clock();
      if (more) {
        compaction.count(Compaction.QUIET_SHARE);
      }
    } finally {
      pool.lock.unlock();
    }
    long began = System.nanoTime();
    while (more && System.nanoTime() - began < MAX_COMPACTION_NANOS) {
      pool.lock.lock();
      try {
        more = compaction.isDue() && pool.available() >= pool.reserve();
        if (more) {
          cleaner.compact(STEP_ITEMS);
        }
      } finally {
        pool.lock.unlock();
      }
    }
  }

  /**
   * Forgets everything: what was written to segments that are open now or have been will never be
   * linked or found again. First the segments are closed to writers, then the index is emptied, so
   * that what is linked after the clear lies in a segment that was opened after it.
   */
  void clear() {
    pool.lock.lock();
    try {
      clearAll();
    } finally {
      pool.lock.unlock();
    }
  }

  @GuardedBy("pool.lock")
  private void clearAll() {
    RootLayout.setClearingRelease(root, true);
    segments.clear();
    index.clear();
    parts.reset(); // Last: who counts an item has looked at the index after it took an era.
    RootLayout.setClearingRelease(root, false);
  }

  /** Forgets the items of a database. */
  void clear(int database) {
    pool.lock.lock();
    try {
      if (!parts.clear(database)) {
        clearAll();
      }
    } finally {
      pool.lock.unlock();
    }
  }

  CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
    return changeParts(() -> parts.create(prefix, rule));
  }

  boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
    return changeParts(() -> parts.alter(prefix, rule));
  }

  boolean dropNamespace(ByteBuffer prefix) {
    return changeParts(() -> parts.drop(prefix));
  }

  boolean clearNamespace(ByteBuffer prefix) {
    return changeParts(() -> parts.clearNamespace(prefix));
  }

  private <T> T changeParts(Supplier<T> change) {
    pool.lock.lock();
    try {
      return change.get();
    } finally {
      pool.lock.unlock();
    }
  }

  SegmentPool pool() {
    return pool;
  }

  /** The parts that items belong to. */
  Parts parts() {
    return parts;
  }

  LargestItems largestItems() {
    return sizeWalk.found();
  }

  /** The items that are to expire, but for those that do so after this century. */
  long expiringItemCount() {
    pool.lock.lock();
    try {
      return pool.expiringItemCount();
    } finally {
      pool.lock.unlock();
    }
  }

  /** How many bytes of items were moved to other segments, since the start. */
  long movedBytes() {
    pool.lock.lock();
    try {
      return cleaner.movedBytes();
    } finally {
      pool.lock.unlock();
    }
  }

  /** What could hold other items: free segments and pages, and what is dead or empty of others. */
  long unusedBytes() {
    pool.lock.lock();
    try {
      return pool.unusedBytes();
    } finally {
      pool.lock.unlock();
    }
  }

  /** Lets a verifier look at everything. */
  ItemCensus verify(Verifier verifier) {
    pool.lock.lock();
    try {
      return pool.verify(verifier);
    } finally {
      pool.lock.unlock();
    }
  }
}
