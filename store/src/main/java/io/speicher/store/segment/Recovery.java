package io.speicher.store.segment;

import io.speicher.store.RecoveryListener;
import io.speicher.store.Store;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Finds the items in a file whose pages are of different ages, as a power loss leaves them, and
 * makes the index anew. Nothing is trusted but what a checksum proves.
 *
 * <p>One thread uses it, once, before anybody uses the store; it works on all processors. It may be
 * cut off at any instant and begun again.
 */
final class Recovery {

  /*
   * What the file may look like, and why the rules are right, is in docs/format.md. In short: whatever
   * a key had when the last sync began is in the file, unless it has been evicted, or has an end. What
   * came after may be there, too, or torn, or lost. Of several items of a key the newest is taken.
   *
   * What is found is left as Repair leaves it: segments that are closed behind their last item that is
   * sound, each item with the mark that it deserves, and an index. Closed, since what is torn may be
   * followed by items of the same life: if others were appended in their place, these might be found
   * behind them after another power loss.
   *
   * A thread walks a segment at a time. It reads each item once, in order, and looks for its key in
   * the index for several items at a time, so that the processor waits for several buckets at once.
   */

  /** More sequence numbers than are given between two syncs, and a disk may not know of. */
  private static final long UNKNOWN_SEQUENCES = 1 << 24;

  /** The clock of the root page is believed if it is not farther from that of the last sync. */
  private static final long MAX_CLOCK_MILLIS = TimeUnit.DAYS.toMillis(1);

  private static final int MIN_ITEM_BYTES = 4;
  private static final int LOOK_AHEAD_ITEMS = 32;
  private static final long TELL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final long root;
  private final StoreLayout layout;
  private final NativeMemory memory;
  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final SyncRecord record;
  private final TagTable tags;
  private final boolean[] isKnown = new boolean[Store.DATABASES];
  private final RecoveryListener listener;

  /** The first segment that holds no items. */
  private final int end;

  /** Items for whose slots there was no room. */
  private final Queue<Long> unplaced = new ConcurrentLinkedQueue<>();

  private final LongAdder found = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder done = new LongAdder();
  private final AtomicLong toldNanos = new AtomicLong(System.nanoTime());

  /**
   * @param record what is known to be on the disk
   * @param parts what was known of them then
   */
  Recovery(
      StoreLayout layout,
      NativeMemory memory,
      Segments segments,
      HashIndex index,
      KeyHash keyHash,
      SyncRecord record,
      PartsState parts,
      RecoveryListener listener) {
    root = memory.address();
    this.layout = layout;
    this.memory = memory;
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
    this.record = record;
    this.listener = listener;
    end = record.firstIndexSegment();
    tags = new TagTable(root + layout.tagsOffset(), layout.tagBuckets(), new ReentrantLock());
    tags.recover(parts.tagCutoffs());
    for (int database = 0; database < isKnown.length; database++) {
      isKnown[database] = database == 0 || parts.databases().get(database).isUsed();
    }
  }

  /** Lets the root page say what it may, before anything else is read. */
  static void repairRoot(long root, SyncRecord record) {
    long lastSequence = RootLayout.lastSequence(root);
    boolean isNear =
        lastSequence >= record.lastSequence()
            && lastSequence - record.lastSequence() < UNKNOWN_SEQUENCES;
    if (!isNear) {
      RootLayout.setLastSequence(root, record.lastSequence());
    }
    long clearedThrough = RootLayout.clearedThroughAcquire(root);
    if (clearedThrough < record.clearedThrough() || clearedThrough > lastSequence || !isNear) {
      RootLayout.setClearedThroughRelease(root, record.clearedThrough());
    }
    RootLayout.setClearingRelease(root, false);
    RootLayout.endSpreadRelease(root);
    RootLayout.setFirstIndexSegment(root, record.firstIndexSegment());
    long millis = RootLayout.wallMillis(root);
    boolean isLikely =
        millis > record.wallMillis() && millis - record.wallMillis() < MAX_CLOCK_MILLIS;
    RootLayout.setWallMillis(root, isLikely ? millis : record.wallMillis());
    if (RootLayout.generationAcquire(root) < 1) {
      RootLayout.setGenerationRelease(root, 1);
    }
  }

  /** Recovers all that can be. */
  void run() {
    findSegments();
    index.makeAnew();
    IntStream.range(0, end)
        .parallel()
        .forEach(segment -> {
          if (segments.isInUse(segment)) {
            new Walk().segment(segment);
          }
          tell(segment);
        });
    freeSegments();
    listener.recovered(allBytes(), allBytes(), found.sum());
  }

  /** How many items were there that are torn, or belong to what the file does not know. */
  long dropped() {
    return dropped.sum();
  }

  private long allBytes() {
    return (long) end * segments.segmentBytes();
  }

  private void tell(int segment) {
    done.add(segments.segmentBytes());
    long now = System.nanoTime();
    long told = toldNanos.get();
    if (now - told > TELL_NANOS && toldNanos.compareAndSet(told, now)) {
      listener.recovered(done.sum(), allBytes(), found.sum());
    }
    assert segment < end;
  }

  // ---- segments ----

  private void findSegments() {
    long lastSequence = RootLayout.lastSequence(root);
    for (int segment = 0; segment < segments.count(); segment++) {
      segments.reset(segment, segment >= end);
    }
    int segment = 0;
    while (segment < end) {
      int runLength = runLength(segment);
      if (runLength > 0) {
        segments.recover(segment);
        lastSequence = Math.max(lastSequence, segments.sequenceAcquire(segment));
      }
      segment += Math.max(1, runLength);
    }
    RootLayout.setLastSequence(root, lastSequence + UNKNOWN_SEQUENCES);
  }

  /** How many segments begin a life here that was not cleared; 0 if none does. */
  private int runLength(int segment) {
    requireReadable(segment, StoreLayout.PAGE_BYTES);
    if (!segments.hasHeader(segment)) {
      return 0;
    }
    long sequence = segments.sequenceOfHeader(segment);
    int runLength = segments.runLengthOfHeader(segment);
    boolean isLife = sequence > 0 && runLength > 0 && runLength <= end - segment;
    if (!isLife || segments.isCleared(sequence)) {
      return 0;
    }
    for (int tail = segment + 1; tail < segment + runLength; tail++) {
      requireReadable(tail, StoreLayout.PAGE_BYTES);
      if (segments.hasHeader(tail) && segments.sequenceOfHeader(tail) > sequence) {
        return 0; // What is newer than the run has overwritten it.
      }
    }
    return runLength;
  }

  /** Reads from the disk what is not in memory yet. */
  private void requireReadable(int segment, long bytes) {
    long offset = layout.headBytes() + segments.startOf(segment);
    if (!memory.isReadable(offset, bytes)) {
      throw new IllegalStateException("the disk cannot be read: offset=%d".formatted(offset));
    }
  }

  /** What holds no items is free; what became so by the recovery needs not wait for the disk. */
  private void freeSegments() {
    int segment = 0;
    while (segment < end) {
      int runLength = segments.isInUse(segment) ? segments.runLength(segment) : 1;
      if (!segments.isInUse(segment) || segments.liveBytes(segment) == 0) {
        for (int freed = segment; freed < segment + runLength; freed++) {
          segments.reset(freed, false);
          segments.erase(freed);
        }
      } else {
        segments.resumeChecksum(segment);
      }
      segment += runLength;
    }
  }

  // ---- items ----

  private final class Walk {
    /** What is read, what is linked, and what has its key. */
    private final StoredItem item = new StoredItem();

    private final StoredItem linked = new StoredItem();
    private final StoredItem other = new StoredItem();

    /** Items that may be linked, and the marks that they have. */
    private final long[] locations = new long[LOOK_AHEAD_ITEMS];

    private final long[] hashes = new long[LOOK_AHEAD_ITEMS];
    private final long[] buckets = new long[LOOK_AHEAD_ITEMS];
    private final int[] marks = new int[LOOK_AHEAD_ITEMS];
    private int count;

    /** What reading the buckets came to; see {@link NativeMemory#touch}. */
    @SuppressWarnings("UnusedVariable")
    private long touched;

    void segment(int segment) {
      requireReadable(segment, (long) segments.runLength(segment) * segments.segmentBytes());
      long start = segments.startOf(segment);
      long limit = start + limit(segment);
      boolean isEndKnown = segments.writeOffsetOfHeader(segment) != 0;
      boolean isRun = segments.runLength(segment) > 1;
      long at = segments.firstItemOf(segment);
      boolean isTorn = false;
      while (at < limit && !isTorn) {
        isTorn = !isItem(segment, at, limit);
        if (!isTorn) {
          at = isRun ? limit : segments.behind(at, item.bytes());
        }
      }
      link();
      if (isTorn && isEndKnown) {
        dropped.increment();
      }
      int written =
          isRun
              ? SegmentLayout.HEADER_BYTES + segments.prefixBytes() + 1
              : (int) (at - segments.prefixBytes() - start);
      segments.sealRecovered(segment, written);
    }

    /** How far the items of a segment may go. */
    private long limit(int segment) {
      int runLength = segments.runLength(segment);
      long written = segments.writeOffsetOfHeader(segment);
      boolean isWritten =
          runLength == 1
              && written >= SegmentLayout.HEADER_BYTES
              && written <= segments.segmentBytes();
      return isWritten ? written : (long) runLength * segments.segmentBytes();
    }

    /** Looks at what begins there, and returns whether it is an item, of whatever kind. */
    private boolean isItem(int segment, long location, long limit) {
      if (limit - location < MIN_ITEM_BYTES) {
        return false;
      }
      item.at(segments.address(location), segments.expiryBaseMillis(segment));
      int bytes = item.bytes();
      if (bytes < MIN_ITEM_BYTES || bytes > limit - location) {
        return false;
      }
      int mark =
          ItemChecksum.mark(item.address(), segments.sum(item, segments.sequenceAcquire(segment)));
      switch (ItemChecksum.state(mark, record.completed(), record.newest())) {
        case TORN -> {
          return false;
        }
        case LINKED, LOST -> {
          if (isToBeKept()) {
            add(location, mark);
          } else {
            segments.repairItem(item, false);
          }
        }
        case DEAD, UNLINKED -> {
          ItemLayout.markDead(item.address());
          if (ItemChecksum.epochOf(mark) < 0) {
            segments.repairMark(item, ItemChecksum.UNLINKED); // It may be torn itself.
          }
        }
      }
      return true;
    }

    private boolean isToBeKept() {
      if (item.keyBytes() == 0) {
        return false;
      }
      boolean isKept = isKnown[item.database()] && tags.areKnown(item);
      if (!isKept) {
        dropped.increment();
      }
      return isKept;
    }

    private void add(long location, int mark) {
      if (count == LOOK_AHEAD_ITEMS) {
        link();
      }
      locations[count] = location;
      marks[count] = mark;
      hashes[count] = keyHash.of(item);
      buckets[count] = index.homeBucket(hashes[count]);
      count++;
    }

    private void link() {
      touched += NativeMemory.touch(buckets, count);
      for (int i = 0; i < count; i++) {
        if (!isPlaced(locations[i], hashes[i], marks[i])) {
          unplaced.add(locations[i]);
        }
      }
      found.add(count);
      count = 0;
    }

    /** Links an item, or marks it dead; returns false if there is no room for its slot. */
    boolean isPlaced(long location, long hash, int mark) {
      turnTo(linked, location);
      long table = index.tableOf(hash);
      int tag = HashIndex.tagOf(hash);
      long slot = SlotLayout.slot(tag, location, 0);
      index.lock(table);
      try {
        long slotAddress = index.findLocked(table, tag, this::isSameKey);
        if (slotAddress == HashIndex.NOT_FOUND) {
          if (!index.insert(table, slot)) {
            segments.repairItem(linked, false);
            return false;
          }
          keep(mark);
        } else if (isNewer(location, SlotLayout.location(NativeMemory.getLong(slotAddress)))) {
          HashIndex.replace(slotAddress, slot);
          segments.addLiveBytes(segmentOf(other), -other.bytes());
          segments.repairItem(other, false);
          keep(mark);
        } else {
          segments.repairItem(linked, false);
        }
        return true;
      } finally {
        index.unlock(table);
      }
    }

    private void keep(int mark) {
      if (mark != 0 || ItemLayout.isDead(linked.address())) {
        segments.repairItem(linked, true);
      }
      segments.addLiveBytes(segmentOf(linked), linked.bytes());
    }

    private boolean isSameKey(long slotAddress, long slot) {
      turnTo(other, SlotLayout.location(slot));
      return other.keyBytes() == linked.keyBytes()
          && other.database() == linked.database()
          && NativeMemory.equal(other.keyAddress(), linked.keyAddress(), linked.keyBytes());
    }
  }

  private void turnTo(StoredItem item, long location) {
    item.at(segments.address(location), segments.expiryBaseMillis(segments.of(location)));
  }

  private int segmentOf(StoredItem item) {
    return segments.of(item.address() - segments.address(0));
  }

  private boolean isNewer(long location, long other) {
    long sequence = segments.sequenceAcquire(segments.of(location));
    long otherSequence = segments.sequenceAcquire(segments.of(other));
    return sequence == otherSequence ? location > other : sequence > otherSequence;
  }

  /** Links the items for which the index had no room, as far as others make way. */
  void linkRest(Room room) {
    Walk walk = new Walk();
    StoredItem item = new StoredItem();
    for (long location : unplaced) {
      int segment = segments.of(location);
      long sequence = segments.sequenceAcquire(segment);
      room.addPages();
      boolean isThere = sequence != 0 && segments.sequenceAcquire(segment) == sequence;
      if (isThere) {
        turnTo(item, location);
        isThere = walk.isPlaced(location, keyHash.of(item), ItemChecksum.UNLINKED);
      }
      if (!isThere) {
        dropped.increment(); // It had to make way itself, or there is no room at all.
      }
    }
  }
}
