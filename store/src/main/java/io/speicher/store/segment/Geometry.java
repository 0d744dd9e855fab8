package io.speicher.store.segment;

/**
 * How a budget is cut into segments.
 *
 * @param budgetBytes for everything: items, index, history and bookkeeping
 * @param segmentBytes a power of two, 8 KiB to 2 MiB
 * @param itemSegments how many segments may hold items, or 0 for as many as there is room for: a
 *     replay of a trace sets it, to say how many items fit
 */
public record Geometry(long budgetBytes, int segmentBytes, int itemSegments) {
  static final int MIN_SEGMENT_BYTES = 8 << 10;
  static final int MAX_SEGMENT_BYTES = 2 << 20;

  /** The segments of a store that is left to itself are no smaller. */
  static final int MIN_DEFAULT_SEGMENT_BYTES = 16 << 10;

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
