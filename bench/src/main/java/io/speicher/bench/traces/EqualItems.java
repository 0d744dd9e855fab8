package io.speicher.bench.traces;

/**
 * How a number of items of {@link #ITEM_BYTES} is laid out in segments: enough of them that
 * evicting one is a small step, as in a store of normal size, and exactly that many items where the
 * number can be divided.
 *
 * @param segmentCount 50 to 100, or as many as there are items
 */
record EqualItems(int segmentCount, int itemsPerSegment) {
  /** Three bytes of header, {@link #KEY_BYTES}, {@link #VALUE_BYTES}. */
  static final int ITEM_BYTES = 64;

  static final int KEY_BYTES = 8;
  static final int VALUE_BYTES = ITEM_BYTES - KEY_BYTES - 3;

  private static final int MIN_SEGMENTS = 50;
  private static final int MAX_SEGMENTS = 100;

  /** As many items as possible, up to {@code itemCount}; the most segments that give that. */
  static EqualItems of(int itemCount) {
    EqualItems best =
        new EqualItems(
            Math.min(itemCount, MAX_SEGMENTS),
            itemCount < MAX_SEGMENTS ? 1 : itemCount / MAX_SEGMENTS);
    for (int segments = MAX_SEGMENTS; segments >= MIN_SEGMENTS; segments--) {
      EqualItems other = new EqualItems(segments, itemCount / segments);
      if (other.itemCount() > best.itemCount()) {
        best = other;
      }
    }
    return best;
  }

  int itemCount() {
    return segmentCount * itemsPerSegment;
  }

  int segmentBytes() {
    return itemsPerSegment * ITEM_BYTES;
  }
}
