package io.speicher.store.segment;

/**
 * How many items lie in the segments of a store, and how many bytes they take there. What was
 * cleared is not counted; an item that has expired is alive until its memory is reclaimed.
 */
public record ItemCensus(long liveItems, long liveBytes, long deadItems, long deadBytes) {
  static final ItemCensus EMPTY = new ItemCensus(0, 0, 0, 0);

  /** With one more item. */
  ItemCensus with(boolean live, long bytes) {
    return live
        ? new ItemCensus(liveItems + 1, liveBytes + bytes, deadItems, deadBytes)
        : new ItemCensus(liveItems, liveBytes, deadItems + 1, deadBytes + bytes);
  }
}
