package io.speicher.store.segment;

/**
 * The bits of a slot of the index, which leads from a tag to the location of an item. All knowledge
 * of them is here.
 *
 * <pre>
 *   63..44     43         42..41      40..2         1..0
 *  | tag 20 | observed | frequency | location 39 | zero |     0 is an empty slot
 * </pre>
 *
 * <p>A location is the distance in bytes from the first segment. <em>Observed</em> says that a
 * client knows the item's version, which it must carry along when it moves.
 *
 * <p>A slot without an item may hold ghosts, whose bits {@link Ghosts} knows; bit 0 says so.
 */
final class SlotLayout {
  static final int TAG_BITS = 20;
  static final int MAX_FREQUENCY = 3;
  static final int LOCATION_BITS = 39;
  static final int TAG_SHIFT = 44;

  /** What a slot has that leads to no item but holds ghosts. */
  static final long HOLDS_GHOSTS = 1;

  private static final long OBSERVED = 1L << 43;
  private static final int FREQUENCY_SHIFT = 41;

  /** What is added to a slot to raise its frequency by one. */
  static final long ONE_HIT = 1L << FREQUENCY_SHIFT;

  private static final long FREQUENCY_MASK = (long) MAX_FREQUENCY << FREQUENCY_SHIFT;
  private static final int LOCATION_SHIFT = 2;
  private static final long UNUSED_MASK = (1L << LOCATION_SHIFT) - 1;
  private static final long LOCATION_MASK = (1L << LOCATION_BITS) - 1;

  private SlotLayout() {}

  static long slot(int tag, long location, int frequency) {
    return ((long) tag << TAG_SHIFT)
        | ((long) frequency << FREQUENCY_SHIFT)
        | (location << LOCATION_SHIFT);
  }

  /** Whether the slot leads to an item. */
  static boolean isItem(long slot) {
    return slot != 0 && !holdsGhosts(slot);
  }

  /** Whether the slot leads to no item but holds ghosts. */
  static boolean holdsGhosts(long slot) {
    return (slot & HOLDS_GHOSTS) != 0;
  }

  static int tag(long slot) {
    return (int) (slot >>> TAG_SHIFT);
  }

  static long location(long slot) {
    return slot >>> LOCATION_SHIFT & LOCATION_MASK;
  }

  /** The location that a slot leads to, or 0 if that is no item; without a branch. */
  static long locationOrZero(long slot) {
    return location(slot) & ((slot & HOLDS_GHOSTS) - 1);
  }

  static int frequency(long slot) {
    return (int) ((slot & FREQUENCY_MASK) >>> FREQUENCY_SHIFT);
  }

  static long withFrequency(long slot, int frequency) {
    return (slot & ~FREQUENCY_MASK) | ((long) frequency << FREQUENCY_SHIFT);
  }

  /** Whether somebody has been told the version of this item. */
  static boolean isObserved(long slot) {
    return (slot & OBSERVED) != 0;
  }

  static long observed(long slot) {
    return slot | OBSERVED;
  }

  /** Whether two slots differ by their frequency at most: a hint, which anybody may change. */
  static boolean same(long slot, long other) {
    return ((slot ^ other) & ~FREQUENCY_MASK) == 0;
  }

  /** Whether two slots lead to the same item. */
  static boolean sameItem(long slot, long other) {
    return ((slot ^ other) & ~(FREQUENCY_MASK | OBSERVED)) == 0;
  }

  /**
   * Whether all bits that mean nothing are zero.
   *
   * @param itemHasVersion whether the item carries its version, so that it cannot be observed
   */
  static boolean isUnusedZero(long slot, boolean itemHasVersion) {
    boolean observedInVain = itemHasVersion && isObserved(slot);
    return (slot & UNUSED_MASK) == 0 && !observedInVain;
  }
}
