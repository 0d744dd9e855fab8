package io.speicher.load;

/**
 * How often each operation is asked for, as weights.
 *
 * @param get the weight of reads
 * @param set the weight of writes
 * @param delete the weight of deletes
 */
record Mix(int get, int set, int delete) {
  /** Writes alone. */
  static final Mix SETS = new Mix(0, 1, 0);

  /** What the next operation shall be. */
  Operation next(RandomNumbers random) {
    long pick = random.below((long) get + set + delete);
    if (pick < get) {
      return Operation.GET;
    }
    return pick < (long) get + set ? Operation.SET : Operation.DELETE;
  }

  /** Its text in options and results. */
  String text() {
    return "get=%d,set=%d,delete=%d".formatted(get, set, delete);
  }
}
