package io.speicher.store.segment;

import io.speicher.store.Item;

/**
 * Sorts expiring items by when they expire, so that those of a segment expire together.
 *
 * <p>A window is a stretch of time; a segment takes items of one window. Windows come in levels, 16
 * of each at a time: half a second long for what expires within 8 seconds, 8 seconds long for what
 * expires within 2 minutes, and so on, 16 times longer from level to level. When a window of the
 * first level is over, all of its segments are garbage. When one of a higher level begins, the
 * items of its segments move on to the windows of the level below. So each item moves once for each
 * level at the most, and no item is looked at for another's expiry.
 *
 * <p>This is the hierarchical timing wheel of Varghese and Lauck (SOSP 1987), with segments for
 * list elements.
 */
final class TtlWindows {
  /** The window of items that never expire, or not in this century. */
  static final int NONE = 0;

  static final int COUNT;

  private static final int PER_LEVEL_BITS = 4;
  private static final int PER_LEVEL = 1 << PER_LEVEL_BITS;
  private static final int LEVELS = 8;

  /** The windows of the first level are 512 milliseconds long. */
  private static final int FIRST_SHIFT = 9;

  /** From here on, windows are longer than an item can write as a distance from their start. */
  private static final int FIRST_FAR_LEVEL = 6;

  static {
    COUNT = 1 + LEVELS * PER_LEVEL;
  }

  /** For each level, the number since 1970 of the last window that was taken care of. */
  private final long[] doneThrough = new long[LEVELS];

  TtlWindows(long nowMillis) {
    for (int level = 0; level < LEVELS; level++) {
      doneThrough[level] = dueThrough(level, nowMillis);
    }
  }

  /** The window for an item that expires then, {@link #NONE} included. */
  static int of(long expiresAtMillis, long nowMillis) {
    if (expiresAtMillis != Item.NEVER) {
      for (int level = 0; level < LEVELS; level++) {
        long window = expiresAtMillis >> shift(level);
        if (window - (nowMillis >> shift(level)) < PER_LEVEL) {
          return 1 + level * PER_LEVEL + (int) (window & (PER_LEVEL - 1));
        }
      }
    }
    return NONE;
  }

  /** Whether items of this window need the long form of an expiry, if they have one. */
  static boolean isFar(int window) {
    return window == NONE || level(window) >= FIRST_FAR_LEVEL;
  }

  /** When the window begins that holds this time; 0 if no expiry is told as a distance from it. */
  static long startMillis(int window, long expiresAtMillis) {
    return isFar(window) ? 0 : expiresAtMillis >> shift(level(window)) << shift(level(window));
  }

  /**
   * Which windows have become due since the last call: those of the first level that are over, and
   * those of the others that have begun. The result is indexed by window.
   */
  boolean[] takeDue(long nowMillis) {
    boolean[] due = new boolean[COUNT];
    for (int level = 0; level < LEVELS; level++) {
      long through = dueThrough(level, nowMillis);
      long first = Math.max(doneThrough[level] + 1, through - PER_LEVEL + 1);
      for (long window = first; window <= through; window++) {
        due[1 + level * PER_LEVEL + (int) (window & (PER_LEVEL - 1))] = true;
      }
      doneThrough[level] = Math.max(doneThrough[level], through);
    }
    return due;
  }

  private static long dueThrough(int level, long nowMillis) {
    long current = nowMillis >> shift(level);
    return level == 0 ? current - 1 : current;
  }

  private static int level(int window) {
    return (window - 1) >> PER_LEVEL_BITS;
  }

  private static int shift(int level) {
    return FIRST_SHIFT + level * PER_LEVEL_BITS;
  }
}
