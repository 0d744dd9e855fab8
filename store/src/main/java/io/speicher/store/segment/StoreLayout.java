package io.speicher.store.segment;

import static io.speicher.store.segment.RootLayout.ROOT_BYTES;

/**
 * Where everything lies in the memory of a store, as distances from its first byte. Together the
 * parts take no more than the budget.
 *
 * <pre>
 *  | root page 4 KiB | lives: segments x 16 | accounts: segments x 64 | table headers | tags | segments | guard |
 * </pre>
 *
 * <p>The segments begin at a multiple of {@link #PAGE_BYTES}, and in memory at an address that huge
 * pages can have; what lies before them is the <em>head</em>. The guard is address space that is
 * never written, for a reader of an item that ended meanwhile: it may read past the last segment.
 *
 * @param segmentBytes a power of two
 * @param segmentCount all segments, those of the index included
 * @param tableBits the index has {@code 1 << tableBits} tables
 * @param tagBuckets how many buckets the table of tags has, a power of two
 * @param checksumBytes how long the {@link ItemChecksum} before each item is: 4, or 0 in memory
 *     that is no file
 */
record StoreLayout(
    int segmentBytes, int segmentCount, int tableBits, int tagBuckets, int checksumBytes) {
  static final int PAGE_BYTES = 4 << 10;
  static final int GUARD_BYTES = 128 << 10;

  /** How much of the segment table each segment has; {@link Segments} knows what it holds. */
  static final int LIFE_BYTES = 16;

  static final int ACCOUNT_BYTES = 64;

  private static final long BUDGET_PER_TABLE = 2 << 20;
  private static final int MAX_TABLE_BITS = 20;

  /** What the Java heap holds for each segment: its bits in a few sets, and a place in a queue. */
  private static final int HEAP_BYTES_PER_SEGMENT = 1;

  /** Divides a budget in memory that is no file. */
  static StoreLayout of(Geometry geometry) {
    return of(geometry, 0);
  }

  /** Divides a budget in a file. */
  static StoreLayout ofFile(Geometry geometry) {
    return of(geometry, ItemChecksum.BYTES);
  }

  private static StoreLayout of(Geometry geometry, int checksumBytes) {
    long budgetBytes = geometry.budgetBytes();
    int tableBits =
        Math.min(
            MAX_TABLE_BITS,
            63 - Long.numberOfLeadingZeros(Math.max(1, budgetBytes / BUDGET_PER_TABLE)));
    int tagBuckets = tagBuckets(geometry.tagBytes());
    long fixedBytes =
        ROOT_BYTES
            + PAGE_BYTES
            + ((long) TableLayout.TABLE_BYTES << tableBits)
            + (long) tagBuckets * TagTable.BUCKET_BYTES;
    int bytesPerSegment =
        geometry.segmentBytes() + LIFE_BYTES + ACCOUNT_BYTES + HEAP_BYTES_PER_SEGMENT;
    long count = (budgetBytes - fixedBytes) / bytesPerSegment;
    StoreLayout layout =
        new StoreLayout(geometry.segmentBytes(), (int) count, tableBits, tagBuckets, checksumBytes);
    long heapBytes = count * HEAP_BYTES_PER_SEGMENT;
    if (layout.firstIndexSegment() < 1 || layout.bytes() + heapBytes > budgetBytes) {
      throw new IllegalArgumentException(
          "budget does not hold its parts: budgetBytes=%d headBytes=%d segments=%d indexSegments=%d"
              .formatted(budgetBytes, layout.headBytes(), count, layout.firstIndexSegments()));
    }
    return layout;
  }

  /**
   * Reads the layout of a store from its root page.
   *
   * @throws IllegalArgumentException if this is no root page, or one of another format version
   */
  static StoreLayout read(long root) {
    if (RootLayout.magic(root) != RootLayout.MAGIC) {
      throw new IllegalArgumentException(
          "no memory of a store: magic=%016x (expected: %016x)"
              .formatted(RootLayout.magic(root), RootLayout.MAGIC));
    }
    if (RootLayout.formatVersion(root) != RootLayout.FORMAT_VERSION) {
      throw new IllegalArgumentException(
          "another format: formatVersion=%d (expected: %d)"
              .formatted(RootLayout.formatVersion(root), RootLayout.FORMAT_VERSION));
    }
    int segmentBytes = RootLayout.segmentBytes(root);
    int segmentCount = RootLayout.segmentCount(root);
    int tableBits = RootLayout.tableBits(root);
    int tagBuckets = RootLayout.tagBuckets(root);
    int checksumBytes = RootLayout.checksumBytes(root);
    if (Integer.bitCount(segmentBytes) != 1
        || segmentBytes < Geometry.MIN_SEGMENT_BYTES
        || segmentBytes > Geometry.MAX_SEGMENT_BYTES
        || segmentCount < 1
        || tableBits < 0
        || tableBits > MAX_TABLE_BITS
        || Integer.bitCount(tagBuckets) != 1
        || tagBuckets < 1
        || tagBuckets > TagTable.MAX_BUCKETS
        || (checksumBytes != 0 && checksumBytes != ItemChecksum.BYTES)) {
      throw new IllegalArgumentException(
          "damaged root page: segmentBytes=%d segmentCount=%d tableBits=%d tagBuckets=%d"
              .formatted(segmentBytes, segmentCount, tableBits, tagBuckets));
    }
    return new StoreLayout(segmentBytes, segmentCount, tableBits, tagBuckets, checksumBytes);
  }

  /**
   * What was divided so, according to the root page of a file.
   *
   * @throws IllegalStateException if the budget there would be divided otherwise
   */
  Geometry geometry(long root) {
    long budgetBytes = RootLayout.budgetBytes(root);
    Geometry geometry =
        new Geometry(budgetBytes, segmentBytes, 0, (long) tagBuckets * TagTable.BUCKET_BYTES);
    if (!of(geometry, checksumBytes).equals(this)) {
      throw new IllegalStateException("damaged root page: budgetBytes=" + budgetBytes);
    }
    return geometry;
  }

  /** Writes the root page of an empty store of this layout. */
  void writeRoot(long root) {
    RootLayout.write(
        root,
        segmentBytes,
        segmentCount,
        tableBits,
        firstIndexSegment(),
        tagBuckets,
        checksumBytes);
  }

  /** As many buckets as fit, and at least one. */
  private static int tagBuckets(long tagBytes) {
    long buckets = Math.clamp(tagBytes / TagTable.BUCKET_BYTES, 1, TagTable.MAX_BUCKETS);
    return (int) Long.highestOneBit(buckets);
  }

  long livesOffset() {
    return ROOT_BYTES;
  }

  long accountsOffset() {
    return roundUp(livesOffset() + (long) segmentCount * LIFE_BYTES, NativeMemory.LINE_BYTES);
  }

  long tablesOffset() {
    return accountsOffset() + (long) segmentCount * ACCOUNT_BYTES;
  }

  long tagsOffset() {
    return tablesOffset() + ((long) TableLayout.TABLE_BYTES << tableBits);
  }

  /** Everything before the first segment. */
  long headBytes() {
    return roundUp(tagsOffset() + (long) tagBuckets * TagTable.BUCKET_BYTES, PAGE_BYTES);
  }

  /** Everything but the guard. */
  long bytes() {
    return headBytes() + (long) segmentCount * segmentBytes;
  }

  /** All segments and the guard. */
  long segmentsAndGuardBytes() {
    return (long) segmentCount * segmentBytes + GUARD_BYTES;
  }

  /** How many segments the index has at first: a page for each of its tables. */
  int firstIndexSegments() {
    long pageBytes = (long) IndexPages.PAGE_BYTES << tableBits;
    return (int) ((pageBytes + segmentBytes - 1) / segmentBytes);
  }

  /** The first of them. */
  int firstIndexSegment() {
    return segmentCount - firstIndexSegments();
  }

  /** How many segments may hold items, as long as the index needs no more of them. */
  int itemSegments(Geometry geometry) {
    return geometry.itemSegments() == 0
        ? firstIndexSegment()
        : Math.min(firstIndexSegment(), geometry.itemSegments());
  }

  private static long roundUp(long bytes, int unit) {
    return (bytes + unit - 1) & -unit;
  }
}
