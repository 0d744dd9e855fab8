package io.speicher.store.segment;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks that index, segments and accounts agree. It walks everything, and nobody may use the store
 * meanwhile.
 */
final class Verifier {
  private static final int MAX_FAULTS = 20;

  private final Segments segments;
  private final HashIndex index;
  private final KeyHash keyHash;
  private final List<String> faults = new ArrayList<>();
  private final StoredItem item = new StoredItem();
  private ItemCensus census = ItemCensus.EMPTY;

  Verifier(Segments segments, HashIndex index, KeyHash keyHash) {
    this.segments = segments;
    this.index = index;
    this.keyHash = keyHash;
  }

  void expect(boolean condition, String fault) {
    if (!condition) {
      faults.add(fault);
    }
  }

  /**
   * Checks all that the segments and the index say of themselves and of each other.
   *
   * @return what lies in the segments
   * @throws IllegalStateException with all faults
   */
  ItemCensus verify(int firstIndexSegment, int sparePages) {
    Set<Long> locations = new HashSet<>();
    BitSet pages = new BitSet();
    long[] liveBytes = new long[segments.count()];
    int[] liveItems = new int[segments.count()];
    for (int i = 0; i < index.tableCount(); i++) {
      verifyTable(i, locations, liveBytes, liveItems, pages, firstIndexSegment);
    }
    long indexPages =
        (long) (segments.count() - firstIndexSegment)
            * (segments.segmentBytes() / IndexPages.PAGE_BYTES);
    expect(
        pages.cardinality() + sparePages == indexPages,
        "pages: used=" + pages.cardinality() + " spare=" + sparePages + " all=" + indexPages);
    for (int segment = 0; segment < firstIndexSegment; segment++) {
      boolean inUse = segments.isInUse(segment);
      long sequence = segments.sequenceAcquire(segment);
      if (inUse && !segments.isCleared(sequence)) {
        expect(
            liveBytes[segment] == segments.liveBytes(segment),
            "segment %d: liveBytes=%d found=%d"
                .formatted(segment, segments.liveBytes(segment), liveBytes[segment]));
        expect(
            liveItems[segment] == segments.liveItems(segment),
            "segment %d: liveItems=%d found=%d"
                .formatted(segment, segments.liveItems(segment), liveItems[segment]));
        verifySegment(segment, locations);
      } else {
        expect(
            liveBytes[segment] == 0, "items in segment %d, which is not in use".formatted(segment));
      }
      expect(inUse == (sequence != 0), "segment %d: sequence=%d".formatted(segment, sequence));
    }
    expect(locations.isEmpty(), "slots lead to where no item begins: " + locations.size());
    if (!faults.isEmpty()) {
      throw new IllegalStateException(
          faults.size()
              + " faults: "
              + String.join("; ", faults.subList(0, Math.min(MAX_FAULTS, faults.size()))));
    }
    return census;
  }

  private void verifyTable(
      int tableIndex,
      Set<Long> locations,
      long[] liveBytes,
      int[] liveItems,
      BitSet pages,
      int firstIndexSegment) {
    long table = index.table(tableIndex);
    String name = "table " + tableIndex + ": ";
    expect(!index.isLocked(table), name + "it is locked");
    long generation = index.generation(table);
    expect(generation > 0 && generation <= index.generation(), name + "generation=" + generation);
    int pageBytes = IndexPages.PAGE_BYTES;
    int firstPage = (int) (segments.startOf(firstIndexSegment) / pageBytes);
    int endPage = (int) (segments.startOf(segments.count()) / pageBytes);
    int pageCount = index.pageCount(table);
    boolean pagesAreSound = pageCount > 0 && pageCount <= TableLayout.MAX_PAGES;
    for (int i = 0; pagesAreSound && i < pageCount; i++) {
      int page = index.page(table, i);
      pagesAreSound = page >= firstPage && page < endPage && !pages.get(page);
      pages.set(Math.clamp(page, 0, endPage));
    }
    int buckets = index.buckets(table);
    pagesAreSound &= buckets == pageCount * (pageBytes / TableLayout.BUCKET_BYTES);
    expect(pagesAreSound, name + "pages=" + pageCount + " buckets=" + buckets);
    expect(!pagesAreSound || TableLayout.isUnusedZero(table), name + "what has no use is not zero");
    if (!pagesAreSound || generation != index.generation()) {
      return; // What was cleared is emptied by who locks it next.
    }
    int items = 0;
    int[] passers = new int[buckets];
    for (int bucketIndex = 0; bucketIndex < buckets; bucketIndex++) {
      for (int i = 0; i < TableLayout.SLOTS; i++) {
        long slot = index.slot(table, bucketIndex, i);
        if (SlotLayout.holdsGhosts(slot)) {
          expect(Ghosts.areSound(slot), name + "a slot with ghosts has none, or has more");
        } else if (slot != 0) {
          items++;
          verifySlot(name, table, slot, bucketIndex, passers, locations, liveBytes, liveItems);
        }
      }
    }
    expect(items == index.items(table), name + "items=" + index.items(table) + " found=" + items);
    for (int bucketIndex = 0; bucketIndex < buckets; bucketIndex++) {
      int counted = index.passers(table, bucketIndex);
      expect(
          counted == passers[bucketIndex],
          name
              + "passers of bucket "
              + bucketIndex
              + "="
              + counted
              + " found="
              + passers[bucketIndex]);
    }
  }

  private void verifySlot(
      String name,
      long table,
      long slot,
      int bucketIndex,
      int[] passers,
      Set<Long> locations,
      long[] liveBytes,
      int[] liveItems) {
    int buckets = passers.length;
    for (int passed = HashIndex.home(SlotLayout.tag(slot), buckets);
        passed != bucketIndex;
        passed = (passed + 1) % buckets) {
      passers[passed]++;
    }
    long location = SlotLayout.location(slot);
    int segment = segments.of(location);
    if (segment >= segments.count() || !segments.isInUse(segment)) {
      faults.add(name + "a slot leads to segment " + segment);
      return;
    }
    item.at(segments.address(location), segments.expiryBaseMillis(segment));
    long end = location + Integer.toUnsignedLong(item.bytes());
    long segmentsEnd = segments.startOf(segment + segments.runLength(segment));
    if (item.keyBytes() == 0 || end > segmentsEnd) {
      faults.add(name + "a slot leads to what is no item, in segment " + segment);
      return;
    }
    long hash = keyHash.of(item);
    expect(
        index.tableOf(hash) == table && HashIndex.tagOf(hash) == SlotLayout.tag(slot),
        name + "a slot leads to another key, in segment " + segment);
    expect(
        SlotLayout.isUnusedZero(slot, item.hasVersion()),
        name + "a slot with a mark that means nothing, in segment " + segment);
    expect(
        !ItemLayout.isDead(segments.address(location)),
        name + "a slot leads to an item that is marked dead, in segment " + segment);
    expect(locations.add(location), name + "two slots lead to one item, in segment " + segment);
    liveBytes[segment] += item.bytes() + segments.prefixBytes();
    liveItems[segment]++;
  }

  /** Walks through a segment and ticks off the locations that it finds items at. */
  private void verifySegment(int segment, Set<Long> locations) {
    long location = segments.firstItemOf(segment);
    long end = segments.startOf(segment) + segments.writeOffset(segment);
    long checksum = 0;
    while (location < end) {
      item.at(segments.address(location), segments.expiryBaseMillis(segment));
      int bytes = item.bytes();
      boolean fits =
          segments.runLength(segment) > 1
              ? bytes > 0 && bytes <= (long) segments.runLength(segment) * segments.segmentBytes()
              : bytes > 0 && location + bytes <= end;
      if (!fits) {
        faults.add("segment %d: no item at offset %d".formatted(segment, location));
        return;
      }
      if (Segments.CHECKED) {
        checksum += Segments.checksumOf(segments.address(location), bytes);
      }
      boolean live = locations.remove(location);
      expect(
          live != ItemLayout.isDead(segments.address(location)),
          "segment %d: nothing leads to the item at offset %d, which is not marked dead"
              .formatted(segment, location - segments.startOf(segment)));
      expect(
          isMarkSound(live),
          "segment %d: the item at offset %d is damaged, or has the mark of another state"
              .formatted(segment, location - segments.startOf(segment)));
      census = census.with(live, bytes);
      location = segments.behind(location, bytes);
    }
    expect(
        segments.isHeaderSound(segment),
        "segment %d: its header is damaged or another one's".formatted(segment));
    expect(
        !Segments.CHECKED || checksum == segments.checksum(segment),
        "segment %d: its bytes have changed".formatted(segment));
    expect(!segments.hasWriters(segment), "segment %d: it has writers".formatted(segment));
  }

  /** Whether the checksum of the item says that it is what was written, and whether it is alive. */
  private boolean isMarkSound(boolean live) {
    int mark = segments.mark(item);
    if (live || segments.prefixBytes() == 0) {
      return mark == 0;
    }
    long epoch = ItemChecksum.epochOf(mark);
    return mark == ItemChecksum.UNLINKED || (epoch > 0 && epoch <= segments.epoch());
  }
}
