package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.compareAndSetLong;
import static io.speicher.store.segment.NativeMemory.getAndSetLong;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getLongAcquire;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putLongRelease;
import static io.speicher.store.segment.TableLayout.BUCKET_BYTES;
import static io.speicher.store.segment.TableLayout.MAX_PAGES;
import static io.speicher.store.segment.TableLayout.PAGE_BUCKETS;
import static io.speicher.store.segment.TableLayout.PAGE_BUCKET_BITS;
import static io.speicher.store.segment.TableLayout.SLOTS;
import static io.speicher.store.segment.TableLayout.SLOTS_END;
import static io.speicher.store.segment.TableLayout.SLOT_BYTES;
import static io.speicher.store.segment.TableLayout.TABLE_BYTES;

import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * Where the item of a key lies. A hash leads to a table, a tag within it to a bucket, and a slot of
 * the bucket to a location. *
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
  /** Stands for no slot; no slot has this address. */
  static final long NOT_FOUND = 0;

  /** Every slot that a table can have. */
  static final long JOURNAL_BYTES = (long) MAX_PAGES * PAGE_BUCKETS * SLOTS * SLOT_BYTES;

  private static final int TAG_MASK = (1 << SlotLayout.TAG_BITS) - 1;

  /** The part of a hash that makes the tag; the upper bits choose the table. */
  private static final int HASH_TAG_SHIFT = 20;

  /** A table grows when this part of its slots, in 256ths, is taken. */
  private static final int FULL = 222;

  /** ... by this part of its pages, or one. */
  private static final int GROWTH_SHIFT = 4;

  private final long root;
  private final long tables;
  private final int tableBits;
  private final long pageBase;
  private final IndexPages pages;

  /** Where slots are noted while they are moved, in a store that survives its process; or 0. */
  private final long journal;

  /** Serves one table at a time while it is spread over more pages. */
  private long[] scratch = new long[1 << 10];

  /** Nobody who locked a table in an older generation is still at it. */
  private long settledGeneration;

  /**
   * @param root the address of the root page, which holds the generation
   * @param tables the address of {@code 1 << tableBits} table headers, all zero
   * @param pageBase the address of page 0
   * @param pages has a page for each table, all zero
   */
  HashIndex(long root, long tables, int tableBits, long pageBase, IndexPages pages) {
    this(root, tables, tableBits, pageBase, pages, 0);
    makeTables();
  }

  private HashIndex(
      long root, long tables, int tableBits, long pageBase, IndexPages pages, long journal) {
    this.root = root;
    this.tables = tables;
    this.tableBits = tableBits;
    this.pageBase = pageBase;
    this.pages = pages;
    this.journal = journal;
    settledGeneration = RootLayout.generationAcquire(root);
  }

  private void makeTables() {
    for (int i = 0; i < 1 << tableBits; i++) {
      long table = table(i);
      // Zero as it comes from the system: not to write to it spares an empty store 8 KiB.
      TableLayout.setPage(table, 0, pages.take());
      TableLayout.setPageCount(table, 1);
      TableLayout.setGenerationRelease(table, RootLayout.generationAcquire(root));
      TableLayout.setBucketsRelease(table, PAGE_BUCKETS);
    }
  }

  /**
   * Makes the index of an empty store.
   *
   * @param root the address of the memory of the layout
   * @param journal the address of memory for {@link #JOURNAL_BYTES}, or 0 if the store need not
   *     survive its process
   */
  static HashIndex create(StoreLayout layout, long root, IndexPages pages, long journal) {
    HashIndex index = attach(layout, root, pages, journal);
    index.makeTables();
    return index;
  }

  /** Takes the index as it is; its tables may have to be repaired. */
  static HashIndex attach(StoreLayout layout, long root, IndexPages pages, long journal) {
    return new HashIndex(
        root,
        root + layout.tablesOffset(),
        layout.tableBits(),
        root + layout.headBytes(),
        pages,
        journal);
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
      long version = TableLayout.versionAcquire(table);
      long slotAddress = isCurrent(table) ? search(table, tag, match) : NOT_FOUND;
      if (slotAddress != NOT_FOUND) {
        return slotAddress;
      }
      VarHandle.acquireFence();
      if ((version & 1) == 0 && TableLayout.version(table) == version) {
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
    boolean found =
        SlotLayout.isItem(slot)
            && SlotLayout.tag(slot) == tagOf(hash)
            && match.matches(slotAddress, slot);
    return found ? slotAddress : NOT_FOUND;
  }

  /** Whether the items of a table have not been cleared. */
  private boolean isCurrent(long table) {
    return TableLayout.generationAcquire(table) == RootLayout.generationAcquire(root);
  }

  private long search(long tableAddress, int tag, Match match) {
    long table = NativeMemory.bounded(tableAddress);
    int buckets = TableLayout.bucketsAcquire(table);
    int bucketIndex = home(tag, buckets);
    for (int i = 0; i < buckets; i++) {
      long bucket = bucket(table, bucketIndex);
      for (int found = slotsOf(bucket, tag); found != 0; found &= found - 1) {
        long at = bucket + (long) Integer.numberOfTrailingZeros(found) * SLOT_BYTES;
        long slot = getLongAcquire(at);
        if (SlotLayout.isItem(slot) && match.matches(at, slot)) {
          return at;
        }
      }
      if (TableLayout.passers(bucket) == 0) {
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
      int difference = SlotLayout.tag(getLong(bucket + (long) i * SLOT_BYTES)) ^ tag;
      found |= ((difference - 1) >>> 31) << i;
    }
    return found;
  }

  /** Adds one to the frequency of a slot, if that is still what it was. */
  static void countHit(long slotAddress, long slot) {
    if (SlotLayout.frequency(slot) < SlotLayout.MAX_FREQUENCY) {
      compareAndSetLong(slotAddress, slot, slot + SlotLayout.ONE_HIT);
    }
  }

  /** Sets the frequency of a slot, if that is still what it was. */
  static void setFrequency(long slotAddress, long slot, int frequency) {
    compareAndSetLong(slotAddress, slot, SlotLayout.withFrequency(slot, frequency));
  }

  // ---- changing, by one thread for each table ----

  /** Locks a table, which is empty after {@link #clear}. */
  void lock(long table) {
    for (int attempt = 1; ; attempt++) {
      long version = TableLayout.versionAcquire(table);
      if ((version & 1) == 0
          && compareAndSetLong(TableLayout.versionAddress(table), version, version + 1)) {
        break;
      }
      Backoff.pause(attempt);
    }
    if (!isCurrent(table)) {
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
    if (journal != 0) {
      TableLayout.clearLoser(table);
    }
    TableLayout.setVersionRelease(table, TableLayout.version(table) + 1);
  }

  /** As {@link #find}; what it finds stays while the table is locked. */
  long findLocked(long table, int tag, Match match) {
    return search(table, tag, match);
  }

  /** Whether the store survives its process, so that a killed one leaves what can be repaired. */
  boolean isDurable() {
    return journal != 0;
  }

  /**
   * An item is about to lose its slot in a locked table. All that goes with it is done before the
   * table is unlocked: it is marked dead, and its segment is told.
   *
   * @param sequence the sequence number of the segment
   */
  void loses(long table, long sequence, long location) {
    if (journal != 0) {
      TableLayout.setLoser(table, sequence, location);
    }
  }

  /** Puts another item of the same tag into a slot of a locked table. */
  static void replace(long slotAddress, long slot) {
    putLongRelease(slotAddress, slot); // What readers note in the old one meanwhile is of no use.
  }

  /**
   * As {@link #replace}, but returns false if the slot is not the {@link SlotLayout#same} as {@code
   * expected} any more.
   */
  static boolean swap(long slotAddress, long expected, long slot) {
    long now = getLongAcquire(slotAddress);
    while (SlotLayout.same(now, expected)) {
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
    int items = TableLayout.items(table);
    int buckets = TableLayout.buckets(table);
    if (items >= ((long) buckets * SLOTS * FULL) >>> 8) {
      grow(table);
      buckets = TableLayout.buckets(table);
      if (items == buckets * SLOTS) {
        return false;
      }
    }
    place(table, buckets, slot);
    TableLayout.setItems(table, items + 1);
    return true;
  }

  /** Empties a slot of a locked table, and returns what it was. */
  long remove(long table, long slotAddress) {
    long slot = getAndSetLong(slotAddress, 0);
    int buckets = TableLayout.buckets(table);
    int bucketIndex = home(SlotLayout.tag(slot), buckets);
    long bucket = bucket(table, bucketIndex);
    while (slotAddress < bucket || slotAddress >= bucket + SLOTS_END) {
      TableLayout.setPassers(bucket, TableLayout.passers(bucket) - 1);
      bucketIndex = next(bucketIndex, buckets);
      bucket = bucket(table, bucketIndex);
    }
    TableLayout.setItems(table, TableLayout.items(table) - 1);
    return slot;
  }

  /** Puts a slot, once only, into the first bucket with room, from its home on. */
  private void place(long table, int buckets, long slot) {
    int bucketIndex = home(SlotLayout.tag(slot), buckets);
    while (true) {
      long bucket = bucket(table, bucketIndex);
      long free = freeSlot(bucket);
      if (free != NOT_FOUND) {
        putLongRelease(free, slot);
        return;
      }
      TableLayout.setPassers(bucket, TableLayout.passers(bucket) + 1);
      bucketIndex = next(bucketIndex, buckets);
    }
  }

  /** A slot without an item, rather one without ghosts, or {@link #NOT_FOUND}. */
  private static long freeSlot(long bucket) {
    long free = NOT_FOUND;
    for (long at = bucket; at < bucket + SLOTS_END; at += SLOT_BYTES) {
      long slot = getLong(at);
      if (slot == 0) {
        return at;
      }
      if (SlotLayout.holdsGhosts(slot)) {
        free = at;
      }
    }
    return free;
  }

  /** Spreads a locked table over more pages, or leaves it as it is if there are none. */
  private void grow(long table) {
    int pageCount = TableLayout.pageCount(table);
    int wanted = Math.min(MAX_PAGES - pageCount, Math.max(1, pageCount >>> GROWTH_SHIFT));
    makeScratch(TableLayout.items(table)); // What may fail comes first.
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
    int items = TableLayout.items(table);
    int taken = 0;
    int oldBuckets = TableLayout.buckets(table);
    if (journal != 0) {
      writeJournal(table, oldBuckets);
    }
    for (int i = 0; i < oldBuckets; i++) {
      long bucket = bucket(table, i);
      for (long at = bucket; at < bucket + SLOTS_END; at += SLOT_BYTES) {
        // Readers go on counting hits and observing versions: what they add to a slot either comes
        // along or fails.
        long slot = getLong(at) == 0 ? 0 : getAndSetLong(at, 0);
        if (SlotLayout.isItem(slot)) {
          scratch[taken++] = slot;
        }
      }
      putLong(
          TableLayout.ghostWordAddress(bucket),
          0); // And forget the ghosts: most would be in another bucket now.
    }
    assert taken == items : "items=" + items + " taken=" + taken;
    TableLayout.setBucketsRelease(table, newBuckets);
    assert KillPoint.SPREADING.reached();
    for (int i = 0; i < taken; i++) {
      place(table, newBuckets, scratch[i]);
    }
    if (journal != 0) {
      RootLayout.endSpreadRelease(root);
    }
  }

  /** Notes the slots of a table, which are about to be taken out of it. */
  private void writeJournal(long table, int buckets) {
    int noted = 0;
    for (int i = 0; i < buckets; i++) {
      long bucket = bucket(table, i);
      for (long at = bucket; at < bucket + SLOTS_END; at += SLOT_BYTES) {
        long slot = getLong(at);
        if (SlotLayout.isItem(slot)) {
          putLong(journal + (long) noted++ * SLOT_BYTES, slot);
        }
      }
    }
    RootLayout.setSpreadRelease(root, (int) ((table - tables) / TABLE_BYTES), noted);
    VarHandle.fullFence(); // No slot is taken before it is noted.
  }

  // ---- after the process was killed, by one thread ----

  /**
   * Marks the item that was losing its slot in a locked table: dead if it has lost it.
   *
   * @return the segment of the item, or {@link Segments#NO_SEGMENT} if there is none in doubt
   */
  int repairLoser(long table, Segments segments) {
    long loser = TableLayout.loser(table);
    long location = loser & ((1L << SlotLayout.LOCATION_BITS) - 1);
    int segment = segments.of(location);
    if (loser == 0
        || !isCurrent(table)
        || segment >= segments.count()
        || !segments.isInUse(segment)
        || loser != TableLayout.loserOf(segments.sequenceAcquire(segment), location)) {
      return Segments.NO_SEGMENT; // Its segment ended, when all was told to it.
    }
    boolean[] isLinked = {false};
    visit(table, 0, buckets(table), slot -> isLinked[0] |= SlotLayout.location(slot) == location);
    StoredItem item = new StoredItem();
    item.at(segments.address(location), segments.expiryBaseMillis(segment));
    segments.repairItem(item, isLinked[0]);
    return segment;
  }

  /**
   * Makes all tables anew, without items. No page of the index is taken; each table gets as many as
   * it says that it has, if there are so many. One thread.
   */
  void makeAnew() {
    long wanted = 0;
    boolean isKnown = true;
    for (int i = 0; i < tableCount(); i++) {
      int count = TableLayout.pageCount(table(i));
      isKnown &= count > 0 && count <= MAX_PAGES;
      wanted += count;
    }
    isKnown &= wanted <= pages.available();
    for (int i = 0; i < tableCount(); i++) {
      long table = table(i);
      int count = isKnown ? TableLayout.pageCount(table) : 1;
      NativeMemory.zero(table, TABLE_BYTES);
      TableLayout.setGenerationRelease(table, RootLayout.generationAcquire(root));
      int added = addPages(table, count);
      TableLayout.setBucketsRelease(table, added * PAGE_BUCKETS);
    }
  }

  /** Makes a table that was locked what it should be, but for the items that its slots lead to. */
  void repair(int tableIndex) {
    long table = table(tableIndex);
    if (isCurrent(table)) { // Else whoever locks it next empties it.
      int pageCount = TableLayout.pageCount(table);
      if (RootLayout.spreadTable(root) == tableIndex) {
        placeJournal(table, pageCount);
      } else {
        // Pages that it was given and does not use yet are nobody's again.
        for (int i = TableLayout.buckets(table) / PAGE_BUCKETS; i < MAX_PAGES; i++) {
          TableLayout.setPage(table, i, 0);
        }
        TableLayout.setPageCount(table, TableLayout.buckets(table) / PAGE_BUCKETS);
        count(table);
      }
    }
    if (RootLayout.spreadTable(root) == tableIndex) {
      RootLayout.endSpreadRelease(root);
    }
    TableLayout.clearLoser(table);
    TableLayout.setVersionRelease(table, (TableLayout.version(table) | 1) + 1);
  }

  private void placeJournal(long table, int pageCount) {
    for (int i = 0; i < pageCount; i++) {
      NativeMemory.zero(pageAddress(TableLayout.page(table, i)), IndexPages.PAGE_BYTES);
    }
    int buckets = pageCount * PAGE_BUCKETS;
    TableLayout.setBucketsRelease(table, buckets);
    int slots = RootLayout.spreadSlots(root);
    for (int i = 0; i < slots; i++) {
      place(table, buckets, getLong(journal + (long) i * SLOT_BYTES));
    }
    TableLayout.setItems(table, slots);
  }

  /** Counts items and passers anew. */
  private void count(long table) {
    int buckets = TableLayout.buckets(table);
    for (int i = 0; i < buckets; i++) {
      TableLayout.setPassers(bucket(table, i), 0);
    }
    int items = 0;
    for (int i = 0; i < buckets; i++) {
      long bucket = bucket(table, i);
      for (long at = bucket; at < bucket + SLOTS_END; at += SLOT_BYTES) {
        long slot = getLong(at);
        if (SlotLayout.isItem(slot)) {
          items++;
          for (int passed = home(SlotLayout.tag(slot), buckets);
              passed != i;
              passed = next(passed, buckets)) {
            long home = bucket(table, passed);
            TableLayout.setPassers(home, TableLayout.passers(home) + 1);
          }
        }
      }
    }
    TableLayout.setItems(table, items);
  }

  /** Gives a locked table up to {@code wanted} empty pages, and returns how many. */
  private int addPages(long table, int wanted) {
    int pageCount = TableLayout.pageCount(table);
    int added = 0;
    while (added < wanted) {
      int page = pages.take();
      if (page == IndexPages.NONE) {
        break;
      }
      NativeMemory.zero(pageAddress(page), IndexPages.PAGE_BYTES);
      TableLayout.setPage(table, pageCount + added, page);
      added++;
    }
    TableLayout.setPageCount(table, pageCount + added);
    return added;
  }

  private void empty(long table) {
    for (int i = 0; i < TableLayout.pageCount(table); i++) {
      NativeMemory.zero(pageAddress(TableLayout.page(table, i)), IndexPages.PAGE_BYTES);
    }
    TableLayout.setItems(table, 0);
    TableLayout.setGenerationRelease(table, RootLayout.generationAcquire(root));
  }

  // ---- ghosts ----

  /** The bucket where the search for a hash begins, and its ghosts are, in a locked table. */
  long homeBucket(long table, long hash) {
    return bucket(table, home(tagOf(hash), TableLayout.buckets(table)));
  }

  /** Does something to all buckets of a table, while that is locked. */
  void forEachBucket(long table, LongConsumer action) {
    lock(table);
    try {
      int buckets = TableLayout.buckets(table);
      for (int i = 0; i < buckets; i++) {
        action.accept(bucket(table, i));
      }
    } finally {
      unlock(table);
    }
  }

  // ---- all of it ----

  /**
   * Forgets everything, in a time that does not depend on how much there is. One thread at a time.
   */
  void clear() {
    RootLayout.setGenerationRelease(root, generation() + 1);
    assert KillPoint.CLEARING.reached();
    VarHandle.fullFence(); // What is looked up after this returns is looked up in an empty index.
  }

  /**
   * Waits until everybody is gone who locked a table before the last {@link #clear} and may still
   * unlink items. The same thread as for that, or one at a time.
   */
  void awaitClear() {
    if (settledGeneration == generation()) {
      return;
    }
    awaitWriters(); // Whoever locks a table from here on sees the new generation.
    settledGeneration = generation();
  }

  /** Waits until everybody is gone who has a table locked now. */
  void awaitWriters() {
    VarHandle.fullFence();
    for (int i = 0; i < tableCount(); i++) {
      long table = table(i);
      long version = TableLayout.versionAcquire(table);
      for (int attempt = 1;
          (version & 1) != 0 && TableLayout.versionAcquire(table) == version;
          attempt++) {
        Backoff.pause(attempt);
      }
    }
  }

  /** A number that grows with each table that is locked: nothing has changed if it is the same. */
  long changes() {
    long changes = generation();
    for (int i = 0; i < tableCount(); i++) {
      changes += TableLayout.versionAcquire(table(i));
    }
    return changes;
  }

  long generation() {
    return RootLayout.generationAcquire(root);
  }

  long itemCount() {
    long items = 0;
    for (int i = 0; i < tableCount(); i++) {
      long table = table(i);
      items += isCurrent(table) ? TableLayout.items(table) : 0;
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
   * @return the first tag that was not visited, {@code 1 << SlotLayout.TAG_BITS} after the last
   */
  int visit(long table, int firstTag, int maxBuckets, SlotVisitor visitor) {
    int buckets = buckets(table);
    int firstBucket = home(firstTag, buckets);
    int endBucket = Math.min(buckets, firstBucket + maxBuckets);
    int endTag = (int) ((((long) endBucket << SlotLayout.TAG_BITS) + buckets - 1) / buckets);
    int bucketIndex = firstBucket;
    boolean passed = false;
    // Past the end too, as long as there may be items whose home is before it.
    for (int i = 0; i < buckets && (firstBucket + i < endBucket || passed); i++) {
      long bucket = bucket(table, bucketIndex);
      for (long at = bucket; at < bucket + SLOTS_END; at += SLOT_BYTES) {
        long slot = getLong(at);
        if (SlotLayout.isItem(slot)
            && SlotLayout.tag(slot) >= firstTag
            && SlotLayout.tag(slot) < endTag) {
          visitor.visit(slot);
        }
      }
      passed = TableLayout.passers(bucket) != 0;
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
    return TableLayout.buckets(table);
  }

  int items(long table) {
    return TableLayout.items(table);
  }

  int pageCount(long table) {
    return TableLayout.pageCount(table);
  }

  int page(long table, int pageIndex) {
    return TableLayout.page(table, pageIndex);
  }

  /** Less than {@link #generation()} if the table was cleared since. */
  long generation(long table) {
    return TableLayout.generationAcquire(table);
  }

  boolean isLocked(long table) {
    return (TableLayout.versionAcquire(table) & 1) != 0;
  }

  int passers(long table, int bucketIndex) {
    return TableLayout.passers(bucket(table, bucketIndex));
  }

  /** The bucket where the search for a tag begins. */
  static int home(int tag, int buckets) {
    return (int) (((long) tag * buckets) >>> SlotLayout.TAG_BITS);
  }

  private static int next(int bucketIndex, int buckets) {
    return bucketIndex + 1 == buckets ? 0 : bucketIndex + 1;
  }

  private long bucket(long table, int bucketIndex) {
    int page = TableLayout.page(table, bucketIndex >>> PAGE_BUCKET_BITS);
    return pageAddress(page) + (long) (bucketIndex & (PAGE_BUCKETS - 1)) * BUCKET_BYTES;
  }

  private long pageAddress(int page) {
    return NativeMemory.bounded(pageBase + (long) page * IndexPages.PAGE_BYTES);
  }
}
