package io.speicher.store.segment;

/**
 * The ghosts of a bucket: what is remembered of items that were evicted, so that one that comes
 * back soon is known. All knowledge of their bits is here.
 *
 * <pre>
 *   63..48    47..32    31..16    15..0
 *  | ghost   | ghost   | ghost   | (the index's own) |
 *
 *  ghost:    15        14..10     9..0
 *           | origin | stamp    | fingerprint, not 0 |      0 is no ghost
 * </pre>
 *
 * <p>A ghost lies in the home bucket of its hash, in bits that the index has no other use for; so
 * it costs no memory and, since an insert looks at this bucket anyway, no time. Ghosts are hints:
 * they get lost when a table grows, and one in some hundreds is taken for another.
 *
 * @see EvictionPolicy
 */
final class Ghosts {
  /** Stands for no ghost. */
  static final int NONE = 0;

  /** The bits of a bucket's last word that are ghosts. */
  static final long MASK = 0xFFFF_FFFF_FFFF_0000L;

  /** Stamps are told apart as long as there are fewer between them. */
  static final int STAMPS = 32;

  private static final int COUNT = 3;
  private static final int BITS = 16;
  private static final int FINGERPRINT_MASK = 0x3FF;
  private static final int STAMP_SHIFT = 10;
  private static final int ORIGIN_SHIFT = 15;

  /** From this age on, in stamps, a ghost is of no use and soon would be taken for a young one. */
  private static final int MAX_AGE = 19;

  static final int MAX_SILENCE = STAMPS - MAX_AGE - 1;

  private Ghosts() {}

  /** From which queue this item was evicted. */
  static int origin(int ghost) {
    return ghost >>> ORIGIN_SHIFT;
  }

  /** How many stamps ago. */
  static int age(int ghost, long nowStamp) {
    return (int) (nowStamp - (ghost >>> STAMP_SHIFT)) & (STAMPS - 1);
  }

  /** The youngest ghost of a hash, or {@link #NONE}. */
  static int find(long ghosts, long hash, long nowStamp) {
    int youngest = NONE;
    for (int i = 1; i <= COUNT; i++) {
      int ghost = at(ghosts, i);
      if (isOf(ghost, hash)
          && age(ghost, nowStamp) < MAX_AGE
          && (youngest == NONE || age(ghost, nowStamp) < age(youngest, nowStamp))) {
        youngest = ghost;
      }
    }
    return youngest;
  }

  /** Without the ghosts of a hash. */
  static long without(long ghosts, long hash) {
    long others = ghosts;
    for (int i = 1; i <= COUNT; i++) {
      if (isOf(at(ghosts, i), hash)) {
        others &= ~(0xFFFFL << (i * BITS));
      }
    }
    return others;
  }

  /**
   * Without those that are too old. All ghosts have to be looked at within {@link #MAX_SILENCE}
   * stamps, or old ones would come back as young ones.
   */
  static long withoutOld(long ghosts, long nowStamp) {
    long others = ghosts;
    for (int i = 1; i <= COUNT; i++) {
      if (age(at(ghosts, i), nowStamp) >= MAX_AGE) {
        others &= ~(0xFFFFL << (i * BITS));
      }
    }
    return others;
  }

  /**
   * With one more ghost; if there is no place left, the oldest one goes, but first those that are
   * {@code isUseless}.
   */
  static long with(
      long ghosts, long hash, int origin, long stamp, long nowStamp, Usefulness usefulness) {
    int place = 1;
    int worst = -1;
    for (int i = 1; i <= COUNT; i++) {
      int ghost = at(ghosts, i);
      int badness = ghost == NONE ? Integer.MAX_VALUE : age(ghost, nowStamp);
      if (ghost != NONE && usefulness.isUseless(origin(ghost), age(ghost, nowStamp))) {
        badness += STAMPS;
      }
      if (badness > worst) {
        worst = badness;
        place = i;
      }
    }
    long ghost =
        ((long) origin << ORIGIN_SHIFT)
            | ((stamp & (STAMPS - 1)) << STAMP_SHIFT)
            | fingerprint(hash);
    return (ghosts & ~(0xFFFFL << (place * BITS))) | (ghost << (place * BITS));
  }

  /** Says whether a ghost could still tell anything. */
  interface Usefulness {
    boolean isUseless(int origin, int age);
  }

  private static int at(long ghosts, int place) {
    return (int) (ghosts >>> (place * BITS)) & 0xFFFF;
  }

  private static boolean isOf(int ghost, long hash) {
    return (ghost & FINGERPRINT_MASK) == fingerprint(hash);
  }

  private static int fingerprint(long hash) {
    int fingerprint = (int) hash & FINGERPRINT_MASK;
    return fingerprint == 0 ? 1 : fingerprint;
  }
}
