package io.speicher.store.segment;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds and repairs what was half done in the memory of a store when its process was killed. The
 * memory is what it was at that instruction: nothing that was written is missing.
 *
 * <p>One thread uses it, once, before anybody uses the store. It may be killed itself, and begun
 * again. Its time depends on the number of slots, a nanosecond each, and on the number of threads
 * that were writing, but not on what the items hold.
 */
final class Repair {

  /*
   * Each state and how it shows is in docs/format.md. What they have in common: whoever changes a
   * slot has its table locked, and notes there the item that is about to lose the slot. Whoever
   * writes an item counts as a writer of its segment from before the first byte until the item is
   * linked. So what is in doubt lies in segments with writers, or is noted in a locked table; all
   * other segments and tables are as they should be.
   *
   * In a segment with writers, only what a slot leads to is certain: bytes that were reserved and
   * not written may be those of an item of an earlier life. Everything between the items that slots
   * lead to becomes filler.
   */

  /** The smallest item. */
  private static final int MIN_ITEM_BYTES = 4;

  private final long root;
  private final Segments segments;
  private final HashIndex index;
  private final StoredItem item = new StoredItem();

  /** The first segment that holds no items. */
  private final int end;

  private int repairedTables;
  private int repairedSegments;

  Repair(long root, Segments segments, HashIndex index) {
    this.root = root;
    this.segments = segments;
    this.index = index;
    end = RootLayout.firstIndexSegment(root);
  }

  /**
   * Repairs everything.
   *
   * @throws IllegalStateException if the memory cannot be that of a process that was killed
   */
  void run() {
    finishClear();
    freeSegments();
    BitSet lost = repairTables();
    repairSegments(lost);
    for (int segment = 0; segment < end; segment++) {
      if (segments.isInUse(segment)) {
        segments.repairHeader(segment);
        segments.resumeChecksum(segment);
      }
    }
  }

  /** How many tables were locked. */
  int repairedTables() {
    return repairedTables;
  }

  /** How many segments were being written to, or had an item that was losing its slot. */
  int repairedSegments() {
    return repairedSegments;
  }

  /** The pages that tables of the index have, once these are repaired. */
  BitSet takenPages() {
    BitSet taken = new BitSet();
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      for (int page = 0; page < index.pageCount(table); page++) {
        int number = index.page(table, page);
        if (number < firstPage() || number >= endPage() || taken.get(number)) {
          throw damaged("page=" + number + " table=" + i);
        }
        taken.set(number);
      }
    }
    return taken;
  }

  private int firstPage() {
    return (int) (segments.startOf(end) / IndexPages.PAGE_BYTES);
  }

  private int endPage() {
    return (int) (segments.startOf(segments.count()) / IndexPages.PAGE_BYTES);
  }

  private static IllegalStateException damaged(String what) {
    return new IllegalStateException("the file is damaged: " + what);
  }

  private void finishClear() {
    if (RootLayout.isClearing(root)) {
      segments.clear();
      index.clear();
      RootLayout.setClearingRelease(root, false);
    }
  }

  // ---- segments that begin or end ----

  private void freeSegments() {
    if (end < 1 || end > segments.count()) {
      throw damaged("firstIndexSegment=" + end);
    }
    int segment = 0;
    while (segment < end) {
      if (segments.isInUse(segment) && segments.isAlive(segment, end)) {
        segment += segments.runLength(segment);
      } else {
        segments.reset(segment, false);
        segment++;
      }
    }
    for (; segment < segments.count(); segment++) {
      segments.reset(segment, true);
    }
  }

  // ---- tables that were locked ----

  /** Returns the segments in which an item was losing its slot. */
  private BitSet repairTables() {
    BitSet lost = new BitSet();
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      if (index.pageCount(table) < 1 || index.pageCount(table) > TableLayout.MAX_PAGES) {
        throw damaged("pages=%d table=%d".formatted(index.pageCount(table), i));
      }
      if (index.isLocked(table)) {
        repairedTables++;
        int segment = index.repairLoser(table, segments);
        if (segment != Segments.NO_SEGMENT) {
          lost.set(segment);
        }
        index.repair(i);
      }
    }
    RootLayout.endSpreadRelease(root);
    return lost;
  }

  // ---- segments with writers, and those whose accounts are in doubt ----

  private void repairSegments(BitSet lost) {
    BitSet written = new BitSet();
    for (int segment = 0; segment < end; segment++) {
      if (segments.isInUse(segment) && segments.hasWriters(segment)) {
        written.set(segment);
      }
    }
    long[] linked = written.isEmpty() ? new long[0] : linkedIn(written);
    written.stream().forEach(segment -> fillGaps(segment, linked));
    lost.andNot(written);
    lost.stream().forEach(this::count);
    repairedSegments = written.cardinality() + lost.cardinality();
  }

  /** The locations in these segments that slots lead to, in order. */
  private long[] linkedIn(BitSet written) {
    Locations found = new Locations();
    for (int i = 0; i < index.tableCount(); i++) {
      long table = index.table(i);
      if (!index.isEmpty(table)) {
        index.visit(
            table,
            0,
            index.buckets(table),
            slot -> {
              long location = SlotLayout.location(slot);
              if (written.get(segments.of(location))) {
                found.add(location);
              }
            });
      }
    }
    return found.sorted();
  }

  private static final class Locations {
    private long[] locations = new long[1 << 10];
    private int count;

    void add(long location) {
      if (count == locations.length) {
        locations = Arrays.copyOf(locations, 2 * count);
      }
      locations[count++] = location;
    }

    long[] sorted() {
      long[] sorted = Arrays.copyOf(locations, count);
      Arrays.sort(sorted);
      return sorted;
    }
  }

  private void fillGaps(int segment, long[] linked) {
    long location = segments.firstItemOf(segment);
    long itemsEnd = segments.startOf(segment) + segments.writeOffset(segment);
    int found = Arrays.binarySearch(linked, location);
    int next = found >= 0 ? found : -found - 1;
    boolean isRun = segments.runLength(segment) > 1;
    if (isRun && (next == linked.length || linked[next] != location)) {
      for (int i = segments.runLength(segment) - 1; i >= 0; i--) {
        segments.reset(segment + i, false);
      }
      return;
    }
    int items = 0;
    int bytes = 0;
    for (; next < linked.length && linked[next] < itemsEnd; next++) {
      fill(segment, location, linked[next]);
      item.at(segments.address(linked[next]), segments.expiryBaseMillis(segment));
      segments.repairItem(item, true);
      items++;
      bytes += item.bytes();
      location = segments.behind(linked[next], item.bytes());
    }
    if (!isRun) {
      fill(segment, location, itemsEnd + segments.prefixBytes());
    }
    segments.repairAccount(segment, items, bytes);
  }

  private void fill(int segment, long from, long to) {
    if (from != to) {
      if (to - from < MIN_ITEM_BYTES + segments.prefixBytes()) {
        throw damaged("gap=" + (to - from));
      }
      segments.fill(segment, from, to);
    }
  }

  /** Counts what is alive in a segment in which all has been written. */
  private void count(int segment) {
    int items = 0;
    int bytes = 0;
    long itemsEnd = segments.startOf(segment) + segments.writeOffset(segment);
    for (long at = segments.firstItemOf(segment); at < itemsEnd; ) {
      item.at(segments.address(at), segments.expiryBaseMillis(segment));
      if (item.bytes() <= 0) {
        throw damaged("item at offset " + (at - segments.startOf(segment)));
      }
      if (!ItemLayout.isDead(item.address())) {
        items++;
        bytes += item.bytes();
      }
      at = segments.behind(at, item.bytes());
    }
    segments.repairAccount(segment, items, bytes);
  }
}
