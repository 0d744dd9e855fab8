package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.putLong;

/**
 * The ghosts of a bucket: what is remembered of items that were evicted, so that one that comes
 * back soon is known. All knowledge of their bits is here.
 *
 * <pre>
 *  a slot without an item:
 *   63..49   48..34   33..19   18..4   3..1    0
 *  | ghost  | ghost  | ghost  | ghost  | zero | 1 |
 *
 *  the last word of a bucket:
 *   63..49   48..34   33..19   18..16  15..0
 *  | ghost  | ghost  | ghost  | zero  | (the index's own) |
 *
 *  ghost:    14       13..9    8..0
 *           | origin | stamp | fingerprint, not 0 |      0 is no ghost
 * </pre>
 *
 * <p>A ghost lies in the home bucket of its hash, in bits that the index has no other use for: in
 * the last word, and in slots as long as no item needs them. So ghosts cost no memory and, since an
 * insert looks at this bucket anyway, hardly any time. They are hints: they get lost when a table
 * grows, and one in a hundred is taken for another.
 *
 * <p>Any thread may look for a ghost, and be told of one that goes. Everything else needs the lock
 * of the table.
 *
 * @see EvictionPolicy
 */
final class Ghosts {
  /** Stands for no ghost. */
  static final int NONE = 0;

  /** Stamps are told apart as long as there are fewer between them. */
  static final int STAMPS = 32;

  /** From this age on, in stamps, a ghost is of no use and soon would be taken for a young one. */
  static final int MAX_AGE = 26;

  /** All ghosts have to be looked at within so many stamps, or old ones would come back young. */
  static final int MAX_SILENCE = STAMPS - MAX_AGE - 1;

  private static final int BITS = 15;
  private static final long GHOST_MASK = (1L << BITS) - 1;
  private static final int FIRST_SHIFT = Long.SIZE - BITS;
  private static final int FINGERPRINT_MASK = 0x1FF;
  private static final int STAMP_SHIFT = 9;
  private static final int ORIGIN_SHIFT = 14;

  private static final int GHOSTS_OF_SLOT = 4;
  private static final int GHOSTS_OF_LAST_WORD = 3;

  /** What a slot with ghosts has beside them. */
  private static final long SLOT_MASK = (1L << (FIRST_SHIFT - (GHOSTS_OF_SLOT - 1) * BITS)) - 1;

  private Ghosts() {}

  /** From which queue this item was evicted. */
  static int origin(int ghost) {
    return ghost >>> ORIGIN_SHIFT;
  }

  /** How many stamps ago. */
  static int age(int ghost, long nowStamp) {
    return (int) (nowStamp - (ghost >>> STAMP_SHIFT)) & (STAMPS - 1);
  }

  /** The youngest ghost of a hash in its home bucket, or {@link #NONE}. */
  static int find(long bucket, long hash, long nowStamp) {
    int fingerprint = fingerprint(hash);
    int youngest = NONE;
    for (int wordIndex = 0; wordIndex <= TableLayout.SLOTS; wordIndex++) {
      long word = getLong(wordAddress(bucket, wordIndex));
      for (int i = 0; i < count(word, wordIndex); i++) {
        int ghost = at(word, i);
        if ((ghost & FINGERPRINT_MASK) == fingerprint
            && age(ghost, nowStamp) < MAX_AGE
            && (youngest == NONE || age(ghost, nowStamp) < age(youngest, nowStamp))) {
          youngest = ghost;
        }
      }
    }
    return youngest;
  }

  /** Removes the ghosts of a hash from its home bucket. */
  static void remove(long bucket, long hash) {
    int fingerprint = fingerprint(hash);
    removeIf(bucket, ghost -> (ghost & FINGERPRINT_MASK) == fingerprint);
  }

  /** Removes the ghosts of a bucket that are too old. */
  static void removeOld(long bucket, long nowStamp) {
    removeIf(bucket, ghost -> age(ghost, nowStamp) >= MAX_AGE);
  }

  /**
   * Adds a ghost to the home bucket of a hash. If there is no place left, the oldest one goes, but
   * first those that are {@code isUseless}.
   *
   * @param stamp when the item was stored, or left
   */
  static void add(
      long bucket, long hash, int origin, long stamp, long nowStamp, Usefulness usefulness) {
    long worstWord = 0;
    int worstPlace = 0;
    int mostBadness = -1;
    for (int wordIndex = TableLayout.SLOTS; wordIndex >= 0; wordIndex--) {
      long word = getLong(wordAddress(bucket, wordIndex));
      int count = word == 0 ? 1 : count(word, wordIndex); // An empty slot has room for the first.
      for (int i = 0; i < count; i++) {
        int badness = badness(at(word, i), nowStamp, usefulness);
        if (badness > mostBadness) {
          mostBadness = badness;
          worstWord = wordAddress(bucket, wordIndex);
          worstPlace = i;
        }
      }
    }
    int ghost =
        (origin << ORIGIN_SHIFT)
            | ((int) (stamp & (STAMPS - 1)) << STAMP_SHIFT)
            | fingerprint(hash);
    boolean inSlot = worstWord != TableLayout.ghostWordAddress(bucket);
    putLong(
        worstWord,
        with(getLong(worstWord), worstPlace, ghost) | (inSlot ? SlotLayout.HOLDS_GHOSTS : 0));
  }

  /** Says whether a ghost could still tell anything. */
  interface Usefulness {
    boolean isUseless(int origin, int age);
  }

  private static int badness(int ghost, long nowStamp, Usefulness usefulness) {
    if (ghost == NONE) {
      return Integer.MAX_VALUE;
    }
    int age = age(ghost, nowStamp);
    return usefulness.isUseless(origin(ghost), age) ? age + STAMPS : age;
  }

  private interface Condition {
    boolean holds(int ghost);
  }

  private static void removeIf(long bucket, Condition condition) {
    for (int wordIndex = 0; wordIndex <= TableLayout.SLOTS; wordIndex++) {
      long word = getLong(wordAddress(bucket, wordIndex));
      long others = word;
      for (int i = 0; i < count(word, wordIndex); i++) {
        int ghost = at(word, i);
        if (ghost != NONE && condition.holds(ghost)) {
          others = with(others, i, NONE);
        }
      }
      if (others != word) {
        boolean emptySlot = wordIndex < TableLayout.SLOTS && (others & ~SLOT_MASK) == 0;
        putLong(wordAddress(bucket, wordIndex), emptySlot ? 0 : others);
      }
    }
  }

  /** Whether a slot that is said to hold ghosts has some, and nothing else. */
  static boolean areSound(long slot) {
    return (slot & SLOT_MASK) == SlotLayout.HOLDS_GHOSTS && slot != SlotLayout.HOLDS_GHOSTS;
  }

  private static long wordAddress(long bucket, int wordIndex) {
    return bucket + (long) wordIndex * TableLayout.SLOT_BYTES;
  }

  private static int count(long word, int wordIndex) {
    if (wordIndex == TableLayout.SLOTS) {
      return GHOSTS_OF_LAST_WORD;
    }
    return SlotLayout.holdsGhosts(word) ? GHOSTS_OF_SLOT : 0;
  }

  private static int at(long word, int place) {
    return (int) (word >>> (FIRST_SHIFT - place * BITS) & GHOST_MASK);
  }

  private static long with(long word, int place, int ghost) {
    int shift = FIRST_SHIFT - place * BITS;
    return (word & ~(GHOST_MASK << shift)) | ((long) ghost << shift);
  }

  private static int fingerprint(long hash) {
    int fingerprint = (int) hash & FINGERPRINT_MASK;
    return fingerprint == 0 ? 1 : fingerprint;
  }
}
