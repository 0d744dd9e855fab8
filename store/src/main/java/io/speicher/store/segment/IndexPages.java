package io.speicher.store.segment;

import java.util.Arrays;

/**
 * The pages of the index that no table has yet. A page is a number: its offset from the first
 * segment in units of {@link HashIndex#PAGE_BYTES}. Any thread may take one; {@link Room} adds
 * them, a segment at a time.
 */
final class IndexPages {
  static final int NONE = -1;

  private int[] pages = new int[64];
  private int count;

  synchronized int take() {
    return count == 0 ? NONE : pages[--count];
  }

  synchronized int available() {
    return count;
  }

  /** Adds the pages of a segment. */
  synchronized void add(long segmentOffset, int segmentBytes) {
    int first = (int) (segmentOffset / HashIndex.PAGE_BYTES);
    int added = segmentBytes / HashIndex.PAGE_BYTES;
    if (count + added > pages.length) {
      pages = Arrays.copyOf(pages, count + added);
    }
    for (int page = first + added - 1; page >= first; page--) {
      pages[count++] = page; // Neighbours are taken one after the other.
    }
  }
}
