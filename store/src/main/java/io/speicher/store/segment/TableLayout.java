package io.speicher.store.segment;

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

/**
 * The bytes of a table of the index: its header, its pages and their buckets. All knowledge of them
 * is here; {@link SlotLayout} knows the bits of a slot, {@link Ghosts} those of a ghost.
 *
 * <pre>
 *  table header, 2,112 bytes:
 *   0           8              16          20        24         32                   2108
 *  | version 8 | generation 8 | buckets 4 | items 4 | loser 8  | page numbers 519x4 | pages 4 |
 *
 *  page, 8 KiB: 128 buckets
 *
 *  bucket, 64 bytes:
 *   0        8          56           58
 *  | slot 8 | ... 7 slots | passers 2 | ghosts 6 |
 * </pre>
 *
 * <p>The version is odd while the table is locked. The generation says after which clear the table
 * was filled. Passers are the items that were placed beyond a bucket. <em>Loser</em> is the
 * location of the item that is losing its slot while the table is locked, in a store that survives
 * its process ({@link Repair}), and else zero.
 */
final class TableLayout {
  /**
   * Makes room for the numbers of so many pages that a table is never full as long as there are
   * any: its share of the budget, four megabytes at the most, ends before, even if all items are of
   * the fewest bytes. An odd number of cache lines, since with a power of two the first lines of
   * all tables, which every lookup reads, would have to share a few sets of the processor's cache.
   */
  static final int TABLE_BYTES = (2 << 10) + 64;

  static final int BUCKET_BYTES = 64;
  static final int SLOT_BYTES = 8;
  static final int SLOTS = 7;

  /** Where the slots of a bucket end; the passers and the ghosts follow. */
  static final int SLOTS_END = SLOTS * SLOT_BYTES;

  static final int PAGE_BUCKETS = IndexPages.PAGE_BYTES / BUCKET_BYTES;
  static final int PAGE_BUCKET_BITS = 7;

  // What a lookup needs comes first, so that it has to read one line of most tables.
  private static final int VERSION = 0;
  private static final int GENERATION = 8;
  private static final int BUCKETS = 16;
  private static final int ITEMS = 20;
  private static final int LOSER = 24;
  private static final int PAGE_NUMBERS = 32;
  private static final int PAGES = TABLE_BYTES - 4;

  static final int MAX_PAGES = (PAGES - PAGE_NUMBERS) / 4;

  private TableLayout() {}

  // ---- the header ----

  static long versionAddress(long table) {
    return table + VERSION;
  }

  static long versionAcquire(long table) {
    return getLongAcquire(table + VERSION);
  }

  static long version(long table) {
    return getLong(table + VERSION);
  }

  static void setVersionRelease(long table, long version) {
    putLongRelease(table + VERSION, version);
  }

  static long generationAcquire(long table) {
    return getLongAcquire(table + GENERATION);
  }

  static void setGenerationRelease(long table, long generation) {
    putLongRelease(table + GENERATION, generation);
  }

  static int buckets(long table) {
    return getInt(table + BUCKETS);
  }

  static int bucketsAcquire(long table) {
    return getIntAcquire(table + BUCKETS);
  }

  static void setBucketsRelease(long table, int buckets) {
    putIntRelease(table + BUCKETS, buckets);
  }

  static int items(long table) {
    return getInt(table + ITEMS);
  }

  static void setItems(long table, int items) {
    putInt(table + ITEMS, items);
  }

  /**
   * Where the item lies that may have lost its slot, but not all that goes with it, and above 39
   * bits of that the lowest bits of the sequence number of its segment; or 0.
   */
  static long loser(long table) {
    return getLong(table + LOSER);
  }

  static void setLoser(long table, long sequence, long location) {
    putLong(table + LOSER, loserOf(sequence, location));
  }

  static void clearLoser(long table) {
    putLong(table + LOSER, 0);
  }

  static long loserOf(long sequence, long location) {
    return (sequence << SlotLayout.LOCATION_BITS) | location;
  }

  static int pageCount(long table) {
    return getInt(table + PAGES);
  }

  static void setPageCount(long table, int pages) {
    putInt(table + PAGES, pages);
  }

  static int page(long table, int pageIndex) {
    return getInt(table + PAGE_NUMBERS + 4L * pageIndex);
  }

  static void setPage(long table, int pageIndex, int page) {
    putInt(table + PAGE_NUMBERS + 4L * pageIndex, page);
  }

  /** Whether all that a header has no use for is zero. */
  static boolean isUnusedZero(long table) {
    long unused = getLong(table + LOSER);
    for (int i = pageCount(table); i < MAX_PAGES; i++) {
      unused |= page(table, i);
    }
    return unused == 0;
  }

  // ---- buckets ----

  static int passers(long bucket) {
    return getShort(bucket + SLOTS_END);
  }

  static void setPassers(long bucket, int passers) {
    putShort(bucket + SLOTS_END, passers);
  }

  /** The word that holds the ghosts of a bucket, see {@link Ghosts}, beside its passers. */
  static long ghostWordAddress(long bucket) {
    return bucket + SLOTS_END;
  }
}
