package io.speicher.store.segment;

/**
 * How a budget is cut into segments.
 *
 * @param budgetBytes for everything: items, index, history and bookkeeping
 * @param segmentBytes a power of two, 8 KiB to 2 MiB
 * @param itemSegments how many segments may hold items, or 0 for as many as there is room for: a
 *     replay of a trace sets it, to say how many items fit
 * @param tagBytes for the table of tags, 16 for each that is remembered; rounded down to a power of
 *     two, 256 to {@link #MAX_TAG_BYTES}. An item without tags needs none
 */
public record Geometry(long budgetBytes, int segmentBytes, int itemSegments, long tagBytes) {
  static final int MIN_SEGMENT_BYTES = 8 << 10;
  static final int MAX_SEGMENT_BYTES = 2 << 20;

  /** The segments of a store that is left to itself are no smaller. */
  static final int MIN_DEFAULT_SEGMENT_BYTES = 16 << 10;

  /** The most that is used for tags: 16 bytes for each of a million. */
  public static final long MAX_TAG_BYTES = 16L << 20;

  static final long MIN_SEGMENTS = 16;
  static final long MAX_BUDGET_BYTES = 512L << 30;

  public Geometry {
    if (segmentBytes < MIN_SEGMENT_BYTES
        || segmentBytes > MAX_SEGMENT_BYTES
        || Integer.bitCount(segmentBytes) != 1) {
      throw new IllegalArgumentException(
          "segment size out of bounds: segmentBytes="
              + segmentBytes
              + " (expected: a power of two, 8192..2097152)");
    }
    long minBudgetBytes = MIN_SEGMENTS * segmentBytes;
    if (budgetBytes < minBudgetBytes || budgetBytes > MAX_BUDGET_BYTES) {
      throw new IllegalArgumentException(
          "budget out of bounds: budgetBytes="
              + budgetBytes
              + " (expected: "
              + minBudgetBytes
              + ".."
              + MAX_BUDGET_BYTES
              + ")");
    }
    if (itemSegments < 0) {
      throw new IllegalArgumentException(
          "item segments out of bounds: itemSegments=" + itemSegments + " (expected: 0 or more)");
    }
    if (tagBytes < 0 || tagBytes > budgetBytes / 2) {
      throw new IllegalArgumentException(
          "memory for tags out of bounds: tagBytes=%d (expected: 0..%d)"
              .formatted(tagBytes, budgetBytes / 2));
    }
  }

  /** With as much memory for tags as {@link #defaultTagBytes}. */
  public Geometry(long budgetBytes, int segmentBytes, int itemSegments) {
    this(budgetBytes, segmentBytes, itemSegments, defaultTagBytes(budgetBytes));
  }

  /** A 256th of the budget, so that a gigabyte remembers a quarter of a million tags. */
  public static long defaultTagBytes(long budgetBytes) {
    return Math.min(MAX_TAG_BYTES, budgetBytes >>> 8);
  }

  /** The same with another amount of memory for tags. */
  public Geometry withTagBytes(long newTagBytes) {
    return new Geometry(budgetBytes, segmentBytes, itemSegments, newTagBytes);
  }

  /**
   * About a thousand segments, of 16 KiB to 2 MiB. More and smaller ones would waste more of their
   * ends, and leave less room for large items; fewer would evict more at a time.
   */
  public static Geometry of(long budgetBytes) {
    long segmentBytes = Long.highestOneBit(Math.max(1, budgetBytes / 1_000));
    return new Geometry(
        budgetBytes, Math.clamp(segmentBytes, MIN_DEFAULT_SEGMENT_BYTES, MAX_SEGMENT_BYTES), 0);
  }
}
