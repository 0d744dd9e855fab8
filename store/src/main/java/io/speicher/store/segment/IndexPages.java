package io.speicher.store.segment;

import java.util.Arrays;

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
