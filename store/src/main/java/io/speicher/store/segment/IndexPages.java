package io.speicher.store.segment;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The pages of the index that no table has yet. A page is a number: its offset from the first
 * segment in units of {@link #PAGE_BYTES}. Any thread may take one; {@link SegmentPool} adds them,
 * a segment at a time.
 */
final class IndexPages {
  static final int PAGE_BYTES = 8 << 10;
  static final int NONE = -1;

  private int[] pages = new int[64];

  /** Written by those that hold the lock, read by all. */
  private volatile int count;

  /** The pages of all segments that a layout gives to the index. */
  static IndexPages of(StoreLayout layout) {
    IndexPages pages = new IndexPages();
    for (int segment = layout.segmentCount() - 1;
        segment >= layout.firstIndexSegment();
        segment--) {
      pages.add((long) segment * layout.segmentBytes(), layout.segmentBytes());
    }
    return pages;
  }

  /**
   * Adds all pages that no table has.
   *
   * @param firstIndexSegment this segment and all behind it hold pages
   * @param taken the numbers of pages that tables have
   */
  synchronized void addAllBut(StoreLayout layout, int firstIndexSegment, BitSet taken) {
    int first = (int) ((long) firstIndexSegment * layout.segmentBytes() / PAGE_BYTES);
    int end = (int) ((long) layout.segmentCount() * layout.segmentBytes() / PAGE_BYTES);
    int[] added = IntStream.range(first, end).filter(page -> !taken.get(page)).toArray();
    pages = new int[Math.max(pages.length, added.length)];
    for (int i = 0; i < added.length; i++) {
      pages[i] = added[added.length - 1 - i]; // Neighbours are taken one after the other.
    }
    count = added.length;
  }

  synchronized int take() {
    int left = count - 1;
    if (left < 0) {
      return NONE;
    }
    count = left;
    return pages[left];
  }

  int available() {
    return count;
  }

  /** Adds the pages of a segment. */
  synchronized void add(long segmentOffset, int segmentBytes) {
    int first = (int) (segmentOffset / PAGE_BYTES);
    int added = segmentBytes / PAGE_BYTES;
    if (count + added > pages.length) {
      pages = Arrays.copyOf(pages, count + added);
    }
    for (int i = 0; i < added; i++) {
      pages[count + i] = first + added - 1 - i; // Neighbours are taken one after the other.
    }
    count += added;
  }
}
