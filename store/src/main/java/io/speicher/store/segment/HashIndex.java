package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.compareAndSetLong;
import static io.speicher.store.segment.NativeMemory.getAndSetLong;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getIntAcquire;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getLongAcquire;
import static io.speicher.store.segment.NativeMemory.getShort;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putIntRelease;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putLongRelease;
import static io.speicher.store.segment.NativeMemory.putShort;

import java.lang.invoke.VarHandle;
import java.util.function.LongUnaryOperator;

/**
 * Where the item of a key lies. A hash leads to a table, a tag within it to a bucket, and a slot of
 * the bucket to a location.
 *
 * <pre>
 *  table header, 2,112 bytes:
 *  | version 8 | generation 8 | buckets 4 | items 4 | page numbers, 521 x 4 | pages 4 |
 *
 *  page, 8 KiB: 128 buckets.     bucket, 64 bytes: | slot 8 | ... 7 slots | passers 2 | ghosts 6 |
 *
 *  slot:
 *   63..44     43         42..41      40..39   38..0
 *  | tag 20 | observed | frequency | unused | location 39 |     0 is an empty slot
 * </pre>
 *
 * <p><b>Threads.</b> Any thread reads, without a lock; writers of one table exclude each other by
 * its version, which is odd while it is locked. Methods that say so need that lock.
 */
final class HashIndex {

  /*
   * Why tables. The index must grow without a stop, by a few percent at a time (doubling would waste
   * half of what it takes), and be nearly full. So it is made of many small tables, one for
   * each two megabytes of the budget, each of which grows on its own, a few pages at a time, which takes
   * some tens of microseconds. A hash belongs to the same table for ever; so a scan can go on after
   * anything that has happened to a table.
   *
   * Why the tag decides on the bucket. An item's home is tag * buckets / 2^20: to spread a table
   * over more buckets it is enough to read its slots; the keys, far away, are not needed. Homes have
   * the order of tags, whatever the number of buckets, and this too is what a scan needs. Of the 20
   * bits about 10 are left to tell the items of a bucket apart, so that one lookup in a hundred
   * compares a key in vain.
   *
   * Why linear probing. What finds its home full goes to the next bucket with an empty slot: the
   * next cache line, which the processor has often fetched already. `passers` counts, for each
   * bucket, the items that went past it, so that a lookup knows where to stop, and deleting leaves
   * nothing behind. How full is too full was measured: with tables that grow at 92 percent a miss
   * took 390 ns, at 87 percent 255 ns, at 81 percent 243 ns (ten million items; a hit 420, 378 and
   * 390), since the buckets that overflow come in rows; an item took 61.6, 62.3 and 63.2 bytes.
   *
   * Hits need no check of the version: a slot that is in the table tells the truth (the location is
   * that of an item that is stored now) at whatever place it is found. Only who finds nothing may
   * have missed a slot that was being moved, and looks whether the version is still the same.
   *
   * Clearing adds one to the generation of the index. A table of another generation counts as empty,
   * and the next writer to lock it makes it so.
   */
  static final int PAGE_BYTES = 8 << 10;

  /**
   * Makes room for the numbers of so many pages that a table is never full as long as there are
   * any: its share of the budget, four megabytes at the most, ends before, even if all items are of
   * the fewest bytes. An odd number of cache lines, since with a power of two the first lines of
   * all tables, which every lookup reads, would have to share a few sets of the processor's cache.
   */
  static final int TABLE_BYTES = (2 << 10) + 64;

  /** Stands for no slot; no slot has this address. */
  static final long NOT_FOUND = 0;

  static final int BUCKET_BYTES = 64;
  private static final int SLOT_BYTES = 8;
  static final int SLOTS = 7;
  private static final int PASSERS = SLOTS * SLOT_BYTES;
  private static final int PAGE_BUCKETS = PAGE_BYTES / BUCKET_BYTES;
  private static final int PAGE_BUCKET_BITS = 7;

  // What a lookup needs comes first, so that it has to read one line of most tables.
  private static final int VERSION = 0;
  private static final int GENERATION = 8;
  private static final int BUCKETS = 16;
  private static final int ITEMS = 20;
  private static final int PAGE_NUMBERS = 24;
  private static final int PAGES = TABLE_BYTES - 4;
  static final int MAX_PAGES = (PAGES - PAGE_NUMBERS) / 4;

  static final int TAG_BITS = 20;
  static final int MAX_FREQUENCY = 3;
  private static final int TAG_SHIFT = 44;
  private static final int TAG_MASK = (1 << TAG_BITS) - 1;
  private static final long OBSERVED = 1L << 43;
  private static final int FREQUENCY_SHIFT = 41;
  private static final long FREQUENCY_MASK = (long) MAX_FREQUENCY << FREQUENCY_SHIFT;
  private static final long UNUSED_MASK = 3L << 39;
  private static final long LOCATION_MASK = (1L << 39) - 1;

  /** The part of a hash that makes the tag; the upper bits choose the table. */
  private static final int HASH_TAG_SHIFT = 20;

  /** A table grows when this part of its slots, in 256ths, is taken. */
  private static final int FULL = 222;

  /** ... by this part of its pages, or one. */
  private static final int GROWTH_SHIFT = 4;

  private final long tables;
  private final int tableBits;
  private final long pageBase;
  private final IndexPages pages;

  /** Serves one table at a time while it is spread over more pages. */
  private long[] scratch = new long[1 << 10];

  private volatile long generation = 1;

  /** Nobody who locked a table in an older generation is still at it. */
  private long settledGeneration = 1;

  /**
   * @param tables the address of {@code 1 << tableBits} table headers, all zero
   * @param pageBase the address of page 0
   * @param pages has a page for each table, all zero
   */
  HashIndex(long tables, int tableBits, long pageBase, IndexPages pages) {
    this.tables = tables;
    this.tableBits = tableBits;
    this.pageBase = pageBase;
    this.pages = pages;
    for (int i = 0; i < 1 << tableBits; i++) {
      long table = table(i);
      // Zero as it comes from the system: not to write to it spares an empty store 8 KiB.
      putInt(table + PAGE_NUMBERS, pages.take());
      putInt(table + PAGES, 1);
      putLong(table + GENERATION, generation);
      putInt(table + BUCKETS, PAGE_BUCKETS);
    }
  }

  // ---- slots ----

  static long slot(int tag, long location, int frequency) {
    return ((long) tag << TAG_SHIFT) | ((long) frequency << FREQUENCY_SHIFT) | location;
  }

  static int tag(long slot) {
    return (int) (slot >>> TAG_SHIFT);
  }

  static long location(long slot) {
    return slot & LOCATION_MASK;
  }

  static int frequency(long slot) {
    return (int) ((slot & FREQUENCY_MASK) >>> FREQUENCY_SHIFT);
  }

  static long withFrequency(long slot, int frequency) {
    return (slot & ~FREQUENCY_MASK) | ((long) frequency << FREQUENCY_SHIFT);
  }

  /** Whether somebody has been told the version of this item. */
  static boolean isObserved(long slot) {
    return (slot & OBSERVED) != 0;
  }

  static long observed(long slot) {
    return slot | OBSERVED;
  }

  /** Whether two slots differ by their frequency at most: a hint, which anybody may change. */
  static boolean same(long slot, long other) {
    return ((slot ^ other) & ~FREQUENCY_MASK) == 0;
  }

  /** Whether two slots lead to the same item. */
  static boolean sameItem(long slot, long other) {
    return ((slot ^ other) & ~(FREQUENCY_MASK | OBSERVED)) == 0;
  }

  // ---- finding, by any thread ----

  int tableCount() {
    return 1 << tableBits;
  }

  long table(int tableIndex) {
    return NativeMemory.bounded(tables + (long) tableIndex * TABLE_BYTES);
  }

  long tableOf(long hash) {
    return table((int) ((hash >>> 1) >>> (63 - tableBits)));
  }

  static int tagOf(long hash) {
    return (int) (hash >>> HASH_TAG_SHIFT) & TAG_MASK;
  }

  /** Decides which slot it was that was looked for. */
  interface Match {
    /** Called for slots with the right tag. */
    boolean matches(long slotAddress, long slot);
  }

  /**
   * The address of the slot that {@code match} says yes to, or {@link #NOT_FOUND} if at some moment
   * during the call there was none. What it says yes to may be gone when this returns.
   */
  long find(long hash, Match match) {
    long table = tableOf(hash);
    int tag = tagOf(hash);
    for (int attempt = 1; ; attempt++) {
      long version = getLongAcquire(table + VERSION);
      long slotAddress = isCurrent(table) ? search(table, tag, match) : NOT_FOUND;
      if (slotAddress != NOT_FOUND) {
        return slotAddress;
      }
      VarHandle.acquireFence();
      if ((version & 1) == 0 && getLong(table + VERSION) == version) {
        return NOT_FOUND;
      }
      Backoff.pause(attempt);
    }
  }

  /** The address of the bucket where the search for a hash begins. A hint. */
  long homeBucket(long hash) {
    return homeBucket(tableOf(hash), hash);
  }

  /** The address of a slot in a bucket that has the tag of a hash, if there is one. A hint. */
  static long candidate(long bucketAddress, long hash) {
    long bucket = NativeMemory.bounded(bucketAddress);
    int slotIndex = Integer.numberOfTrailingZeros(slotsOf(bucket, tagOf(hash))) % Integer.SIZE;
    return bucket + (long) slotIndex * SLOT_BYTES;
  }

  /**
   * As {@link #find}, but looks at one slot only, which was a {@link #candidate} for that hash; so
   * {@link #NOT_FOUND} says nothing.
   */
  long findAt(long slotAddress, long hash, Match match) {
    long slot = isCurrent(tableOf(hash)) ? getLongAcquire(slotAddress) : 0;
    boolean found = slot != 0 && tag(slot) == tagOf(hash) && match.matches(slotAddress, slot);
    return found ? slotAddress : NOT_FOUND;
  }

  /** Whether the items of a table have not been cleared. */
  private boolean isCurrent(long table) {
    return getLongAcquire(table + GENERATION) == generation;
  }

  private long search(long tableAddress, int tag, Match match) {
    long table = NativeMemory.bounded(tableAddress);
    int buckets = getIntAcquire(table + BUCKETS);
    int bucketIndex = home(tag, buckets);
    for (int i = 0; i < buckets; i++) {
      long bucket = bucket(table, bucketIndex);
      for (int found = slotsOf(bucket, tag); found != 0; found &= found - 1) {
        long at = bucket + (long) Integer.numberOfTrailingZeros(found) * SLOT_BYTES;
        long slot = getLongAcquire(at);
        if (slot != 0 && match.matches(at, slot)) {
          return at;
        }
      }
      if (getShort(bucket + PASSERS) == 0) {
        return NOT_FOUND;
      }
      bucketIndex = next(bucketIndex, buckets);
    }
    return NOT_FOUND;
  }

  /**
   * The slots of a bucket that have a tag, a bit for each. There is no branch in it: which slot it
   * is nobody can foretell, and a processor that guesses wrong begins nothing else while it waits
   * for the bucket.
   */
  private static int slotsOf(long bucket, int tag) {
    int found = 0;
    for (int i = 0; i < SLOTS; i++) {
      int difference = tag(getLong(bucket + (long) i * SLOT_BYTES)) ^ tag;
      found |= ((difference - 1) >>> 31) << i;
    }
    return found;
  }

  /** Adds one to the frequency of a slot, if that is still what it was. */
  static void countHit(long slotAddress, long slot) {
    if (frequency(slot) < MAX_FREQUENCY) {
      compareAndSetLong(slotAddress, slot, slot + (1L << FREQUENCY_SHIFT));
    }
  }

  /** Sets the frequency of a slot, if that is still what it was. */
  static void setFrequency(long slotAddress, long slot, int frequency) {
    compareAndSetLong(slotAddress, slot, withFrequency(slot, frequency));
  }

  // ---- changing, by one thread for each table ----

  /** Locks a table, which is empty after {@link #clear}. */
  void lock(long table) {
    for (int attempt = 1; ; attempt++) {
      long version = getLongAcquire(table + VERSION);
      if ((version & 1) == 0 && compareAndSetLong(table + VERSION, version, version + 1)) {
        break;
      }
      Backoff.pause(attempt);
    }
    if (getLong(table + GENERATION) != generation) {
      boolean done = false;
      try {
        empty(table);
        done = true;
      } finally {
        if (!done) {
          unlock(table);
        }
      }
    }
  }

  void unlock(long table) {
    putLongRelease(table + VERSION, getLong(table + VERSION) + 1);
  }

  /** As {@link #find}; what it finds stays while the table is locked. */
  long findLocked(long table, int tag, Match match) {
    return search(table, tag, match);
  }

  /** Puts another item of the same tag into a slot of a locked table. */
  static void replace(long slotAddress, long slot) {
    putLongRelease(slotAddress, slot); // What readers note in the old one meanwhile is of no use.
  }

  /**
   * As {@link #replace}, but returns false if the slot is not the {@link #same} as {@code expected}
   * any more.
   */
  static boolean swap(long slotAddress, long expected, long slot) {
    long now = getLongAcquire(slotAddress);
    while (same(now, expected)) {
      if (compareAndSetLong(slotAddress, now, slot)) {
        return true;
      }
      now = getLongAcquire(slotAddress);
    }
    return false;
  }

  /**
   * Adds a slot to a locked table.
   *
   * @return false if the table is full: unlock it, fill the pages up and try again
   */
  boolean insert(long table, long slot) {
    int items = getInt(table + ITEMS);
    int buckets = getInt(table + BUCKETS);
    if (items >= ((long) buckets * SLOTS * FULL) >>> 8) {
      grow(table);
      buckets = getInt(table + BUCKETS);
      if (items == buckets * SLOTS) {
        return false;
      }
    }
    place(table, buckets, slot);
    putInt(table + ITEMS, items + 1);
    return true;
  }

  /** Empties a slot of a locked table, and returns what it was. */
  long remove(long table, long slotAddress) {
    long slot = getAndSetLong(slotAddress, 0);
    int buckets = getInt(table + BUCKETS);
    int bucketIndex = home(tag(slot), buckets);
    long bucket = bucket(table, bucketIndex);
    while (slotAddress < bucket || slotAddress >= bucket + PASSERS) {
      putShort(bucket + PASSERS, getShort(bucket + PASSERS) - 1);
      bucketIndex = next(bucketIndex, buckets);
      bucket = bucket(table, bucketIndex);
    }
    putInt(table + ITEMS, getInt(table + ITEMS) - 1);
    return slot;
  }

  /** Puts a slot, once only, into the first bucket with room, from its home on. */
  private void place(long table, int buckets, long slot) {
    int bucketIndex = home(tag(slot), buckets);
    while (true) {
      long bucket = bucket(table, bucketIndex);
      for (long at = bucket; at < bucket + PASSERS; at += SLOT_BYTES) {
        if (getLong(at) == 0) {
          putLongRelease(at, slot);
          return;
        }
      }
      putShort(bucket + PASSERS, getShort(bucket + PASSERS) + 1);
      bucketIndex = next(bucketIndex, buckets);
    }
  }

  /** Spreads a locked table over more pages, or leaves it as it is if there are none. */
  private void grow(long table) {
    int pageCount = getInt(table + PAGES);
    int wanted = Math.min(MAX_PAGES - pageCount, Math.max(1, pageCount >>> GROWTH_SHIFT));
    makeScratch(getInt(table + ITEMS)); // What may fail comes first.
    int added = addPages(table, wanted);
    if (added > 0) {
      spread(table, (pageCount + added) * PAGE_BUCKETS);
    }
  }

  private synchronized void makeScratch(int items) {
    if (scratch.length < items) {
      scratch = new long[items + items / 4];
    }
  }

  private synchronized void spread(long table, int newBuckets) {
    int items = getInt(table + ITEMS);
    int taken = 0;
    int oldBuckets = getInt(table + BUCKETS);
    for (int i = 0; i < oldBuckets; i++) {
      long bucket = bucket(table, i);
      for (long at = bucket; at < bucket + PASSERS; at += SLOT_BYTES) {
        // Readers go on counting hits and observing versions: what they add to a slot either comes
        // along or fails.
        long slot = getLong(at) == 0 ? 0 : getAndSetLong(at, 0);
        if (slot != 0) {
          scratch[taken++] = slot;
        }
      }
      putLong(bucket + PASSERS, 0); // And forget the ghosts: most would be in another bucket now.
    }
    assert taken == items : "items=" + items + " taken=" + taken;
    putIntRelease(table + BUCKETS, newBuckets);
    for (int i = 0; i < taken; i++) {
      place(table, newBuckets, scratch[i]);
    }
  }

  /** Gives a locked table up to {@code wanted} empty pages, and returns how many. */
  private int addPages(long table, int wanted) {
    int pageCount = getInt(table + PAGES);
    int added = 0;
    while (added < wanted) {
      int page = pages.take();
      if (page == IndexPages.NONE) {
        break;
      }
      NativeMemory.zero(pageAddress(page), PAGE_BYTES);
      putInt(table + PAGE_NUMBERS + 4L * (pageCount + added), page);
      added++;
    }
    putInt(table + PAGES, pageCount + added);
    return added;
  }

  private void empty(long table) {
    for (int i = 0; i < getInt(table + PAGES); i++) {
      NativeMemory.zero(pageAddress(getInt(table + PAGE_NUMBERS + 4L * i)), PAGE_BYTES);
    }
    putInt(table + ITEMS, 0);
    putLongRelease(table + GENERATION, generation);
  }

  // ---- ghosts ----

  /** The ghosts in the home bucket of a hash. Any thread may ask, and be told of ones that go. */
  long ghosts(long hash) {
    long table = tableOf(hash);
    return getLong(homeBucket(table, hash) + PASSERS) & Ghosts.MASK;
  }

  /** Sets them, in a locked table. */
  void setGhosts(long table, long hash, long ghosts) {
    long at = homeBucket(table, hash) + PASSERS;
    putLong(at, (getLong(at) & ~Ghosts.MASK) | (ghosts & Ghosts.MASK));
  }

  /** Replaces all ghosts of a table. */
  void replaceGhosts(long table, LongUnaryOperator replacement) {
    lock(table);
    try {
      int buckets = getInt(table + BUCKETS);
      for (int i = 0; i < buckets; i++) {
        long at = bucket(table, i) + PASSERS;
        long word = getLong(at);
        if ((word & Ghosts.MASK) != 0) {
          putLong(at, (word & ~Ghosts.MASK) | (replacement.applyAsLong(word) & Ghosts.MASK));
        }
      }
    } finally {
      unlock(table);
    }
  }

  private long homeBucket(long table, long hash) {
    return bucket(table, home(tagOf(hash), getInt(table + BUCKETS)));
  }

  // ---- all of it ----

  /**
   * Forgets everything, in a time that does not depend on how much there is. One thread at a time.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // See above.
  void clear() {
    generation++;
  }

  /**
   * Waits until everybody is gone who locked a table before the last {@link #clear} and may still
   * unlink items. The same thread as for that, or one at a time.
   */
  void awaitClear() {
    if (settledGeneration == generation) {
      return;
    }
    VarHandle.fullFence(); // Whoever locks a table from here on sees the new generation.
    for (int i = 0; i < tableCount(); i++) {
      long table = table(i);
      long version = getLongAcquire(table + VERSION);
      for (int attempt = 1;
          (version & 1) != 0 && getLongAcquire(table + VERSION) == version;
          attempt++) {
        Backoff.pause(attempt);
      }
    }
    settledGeneration = generation;
  }

  long generation() {
    return generation;
  }

  long itemCount() {
    long items = 0;
    for (int i = 0; i < tableCount(); i++) {
      long table = table(i);
      items += isCurrent(table) ? getInt(table + ITEMS) : 0;
    }
    return items;
  }

  /** Takes slots. */
  interface SlotVisitor {
    void visit(long slot);
  }

  /**
   * Visits all slots of a locked table whose tags are {@code firstTag} or larger, as far as {@code
   * maxBuckets} buckets go.
   *
   * @return the first tag that was not visited, {@code 1 << TAG_BITS} after the last
   */
  int visit(long table, int firstTag, int maxBuckets, SlotVisitor visitor) {
    int buckets = buckets(table);
    int firstBucket = home(firstTag, buckets);
    int endBucket = Math.min(buckets, firstBucket + maxBuckets);
    int endTag = (int) ((((long) endBucket << TAG_BITS) + buckets - 1) / buckets);
    int bucketIndex = firstBucket;
    boolean passed = false;
    // Past the end too, as long as there may be items whose home is before it.
    for (int i = 0; i < buckets && (firstBucket + i < endBucket || passed); i++) {
      long bucket = bucket(table, bucketIndex);
      for (long at = bucket; at < bucket + PASSERS; at += SLOT_BYTES) {
        long slot = getLong(at);
        if (slot != 0 && tag(slot) >= firstTag && tag(slot) < endTag) {
          visitor.visit(slot);
        }
      }
      passed = getShort(bucket + PASSERS) != 0;
      bucketIndex = next(bucketIndex, buckets);
    }
    return endTag;
  }

  /** Whether a table has no items. Any thread may ask; an item that stays is not overlooked. */
  boolean isEmpty(long table) {
    return !isCurrent(table) || items(table) == 0;
  }

  /** The slot itself, for whoever checks everything. */
  long slot(long table, int bucketIndex, int slotIndex) {
    return getLong(bucket(table, bucketIndex) + (long) slotIndex * SLOT_BYTES);
  }

  int buckets(long table) {
    return getInt(table + BUCKETS);
  }

  int items(long table) {
    return getInt(table + ITEMS);
  }

  int pageCount(long table) {
    return getInt(table + PAGES);
  }

  int page(long table, int pageIndex) {
    return getInt(table + PAGE_NUMBERS + 4L * pageIndex);
  }

  /** Less than {@link #generation()} if the table was cleared since. */
  long generation(long table) {
    return getLong(table + GENERATION);
  }

  /** Whether all that a table header has no use for is zero. */
  boolean isUnusedZero(long table) {
    long unused = 0;
    for (int i = pageCount(table); i < MAX_PAGES; i++) {
      unused |= page(table, i);
    }
    return unused == 0;
  }

  static boolean isUnusedZero(long slot, boolean itemHasVersion) {
    boolean observedInVain = itemHasVersion && isObserved(slot);
    return (slot & UNUSED_MASK) == 0 && !observedInVain;
  }

  boolean isLocked(long table) {
    return (getLongAcquire(table + VERSION) & 1) != 0;
  }

  int passers(long table, int bucketIndex) {
    return getShort(bucket(table, bucketIndex) + PASSERS);
  }

  /** The bucket where the search for a tag begins. */
  static int home(int tag, int buckets) {
    return (int) (((long) tag * buckets) >>> TAG_BITS);
  }

  private static int next(int bucketIndex, int buckets) {
    return bucketIndex + 1 == buckets ? 0 : bucketIndex + 1;
  }

  private long bucket(long table, int bucketIndex) {
    int page = getInt(table + PAGE_NUMBERS + 4L * (bucketIndex >>> PAGE_BUCKET_BITS));
    return pageAddress(page) + (long) (bucketIndex & (PAGE_BUCKETS - 1)) * BUCKET_BYTES;
  }

  private long pageAddress(int page) {
    return NativeMemory.bounded(pageBase + (long) page * PAGE_BYTES);
  }
}
