package io.speicher.store.segment;

/**
 * Where what lies in the file of a store that is not in memory that is only memory: behind the
 * segments and their guard. It does not count as budget.
 *
 * <pre>
 *  | memory of the store | guard | journal | parts, first half | parts, second half | two copies of a half |
 * </pre>
 *
 * <p>The journal holds the slots of the table that {@link HashIndex} spreads; {@link PartsArea}
 * knows the halves.
 *
 * @param offset of the journal in the file
 * @param halves of parts, their copies included, which a store without checksums does not have
 */
record StoreArea(long offset, long journalBytes, int halfBytes, int halves) {
  private static final int MIN_HALF_BYTES = 64 << 10;
  private static final int MAX_HALF_BYTES = 2 << 20;

  /** The larger a store is, the more namespaces it may have. */
  private static final int HALF_SHIFT = 6;

  static StoreArea of(StoreLayout layout) {
    long storeBytes = layout.headBytes() + layout.segmentsAndGuardBytes();
    // A slot leads to an item, and an item takes more bytes than a slot.
    long journalBytes = pages(Math.min(HashIndex.JOURNAL_BYTES, layout.bytes()));
    long halfBytes = Math.clamp(layout.bytes() >>> HALF_SHIFT, MIN_HALF_BYTES, MAX_HALF_BYTES);
    int halves = layout.checksumBytes() == 0 ? 2 : 4;
    return new StoreArea(pages(storeBytes), journalBytes, (int) pages(halfBytes), halves);
  }

  private static long pages(long bytes) {
    return (bytes + StoreLayout.PAGE_BYTES - 1) & -StoreLayout.PAGE_BYTES;
  }

  long partsOffset() {
    return offset + journalBytes;
  }

  /** How long the file is. */
  long fileBytes() {
    return partsOffset() + (long) halves * halfBytes;
  }
}
