package io.speicher.store.segment;

import java.lang.foreign.MemorySegment;

/**
 * Walks through the memory of a store, or through a copy of it, with nothing else at hand: no index
 * is asked, and no object of the store that wrote it. What it trusts are the root page, the headers
 * of segments and items, and of segments that are open their accounts.
 *
 * <p>Nobody may write to the memory meanwhile.
 */
public final class BudgetWalk {
  private final StoreLayout layout;
  private final long root;
  private final Segments segments;
  private final StoredItem item = new StoredItem();
  private ItemCensus census = ItemCensus.EMPTY;

  private BudgetWalk(StoreLayout layout, long root) {
    this.layout = layout;
    this.root = root;
    segments = Segments.attach(layout, root);
  }

  /**
   * Counts the items in the memory of a store.
   *
   * @param memory all of it, from the root page on; outside the Java heap
   * @throws IllegalArgumentException if it is not the memory of a store, or is cut off, or was
   *     written in another format
   * @throws IllegalStateException if a segment is not what its header says
   */
  public static ItemCensus count(MemorySegment memory) {
    long root = memory.address();
    if (memory.byteSize() < RootLayout.ROOT_BYTES) {
      throw new IllegalArgumentException(
          "no memory of a store: bytes=%d (expected: %d or more)"
              .formatted(memory.byteSize(), RootLayout.ROOT_BYTES));
    }
    StoreLayout layout = StoreLayout.read(root);
    if (memory.byteSize() < layout.bytes()) {
      throw new IllegalArgumentException(
          "memory is cut off: bytes=%d (expected: %d)"
              .formatted(memory.byteSize(), layout.bytes()));
    }
    return new BudgetWalk(layout, root).walk();
  }

  private ItemCensus walk() {
    int end = RootLayout.firstIndexSegment(root);
    if (end < 0 || end > layout.segmentCount()) {
      throw new IllegalStateException("damaged root page: firstIndexSegment=" + end);
    }
    int segment = 0;
    while (segment < end) {
      long header = segments.address(segments.startOf(segment));
      if (!SegmentLayout.isSound(header, RootLayout.secret(root, 0))) {
        segment++; // It is free.
        continue;
      }
      int runLength = SegmentLayout.runLength(header);
      if (!segments.isCleared(SegmentLayout.sequence(header))) {
        walk(segment, header, itemsEnd(segment, header), Math.min(end, segment + runLength));
      }
      segment += runLength;
    }
    return census;
  }

  /** How far the items of a segment go, as a distance from its header. */
  private long itemsEnd(int segment, long header) {
    return SegmentLayout.state(header) == SegmentLayout.SEALED
        ? SegmentLayout.writeOffset(header)
        : segments.writeOffset(segment);
  }

  private void walk(int segment, long header, long itemsEnd, int segmentsEnd) {
    long limit = segments.startOf(segmentsEnd) - segments.startOf(segment);
    long offset = (long) SegmentLayout.HEADER_BYTES + segments.prefixBytes();
    while (offset < itemsEnd) {
      item.at(header + offset, SegmentLayout.expiryBaseMillis(header));
      long bytes = Integer.toUnsignedLong(item.bytes());
      if (bytes == 0 || offset + bytes > Math.min(itemsEnd, limit)) {
        throw new IllegalStateException(
            "segment %d: no item at offset %d: bytes=%d itemsEnd=%d"
                .formatted(segment, offset, bytes, itemsEnd));
      }
      census = census.with(!ItemLayout.isDead(header + offset), bytes);
      offset = segments.behind(offset, item.bytes());
    }
  }
}
