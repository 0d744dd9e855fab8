package io.speicher.bench.traces;

/**
 * How a number of items of the same size is laid out in segments: enough of these that evicting one
 * is a small step, as in a store of normal size, which has a thousand, and exactly that many items
 * where the number can be divided. Segments are as large as a store may have them, and the items so
 * long that they fill one.
 *
 * @param segmentCount 200 to 400, or as many as there are items
 */
record EqualItems(int segmentCount, int itemsPerSegment) {
  static final int KEY_BYTES = 8;

  private static final int SEGMENT_HEADER_BYTES = 48;
  private static final int MIN_SEGMENT_BYTES = 8 << 10;
  private static final int MIN_ITEM_BYTES = 32;

  private static final int MIN_SEGMENTS = 200;
  private static final int MAX_SEGMENTS = 400;

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

  /** A power of two, and so large that no item more fits into one. */
  int segmentBytes() {
    int segmentBytes = MIN_SEGMENT_BYTES;
    while (itemBytes(segmentBytes) < MIN_ITEM_BYTES
        || (segmentBytes - SEGMENT_HEADER_BYTES) / itemBytes(segmentBytes) > itemsPerSegment) {
      segmentBytes *= 2;
    }
    return segmentBytes;
  }

  /** The item's share of a segment, less its header and key. */
  int valueBytes() {
    return valueBytes(segmentBytes());
  }

  private int itemBytes(int segmentBytes) {
    int valueBytes = valueBytes(segmentBytes);
    return headerBytes(valueBytes) + KEY_BYTES + valueBytes;
  }

  private int valueBytes(int segmentBytes) {
    int valueBytes = (segmentBytes - SEGMENT_HEADER_BYTES) / itemsPerSegment - KEY_BYTES - 3;
    return valueBytes - (headerBytes(valueBytes) - 3);
  }

  /** Options and two lengths, of which that of the value takes a second byte if it is long. */
  private static int headerBytes(int valueBytes) {
    return valueBytes > 0xFF ? 4 : 3;
  }
}
