package io.speicher.bench.history;

/**
 * Something in a history that no cluster that keeps its word could have done.
 *
 * @param what a sentence for a person
 */
record Violation(Kind kind, String key, String what) {
  /** What is wrong. */
  enum Kind {
    /** A value was read that nobody has written, or whose write was refused. */
    NEVER_WRITTEN,
    /** A value was read before its write had begun. */
    FROM_THE_FUTURE,
    /** An older value was read after a newer one was acknowledged. */
    STALE,
    /** An older value was read after a newer one was read, whose write was not acknowledged. */
    TAKEN_BACK,
    /** What was acknowledged is not there. */
    LOST,
    /** It was executed more than once. */
    DOUBLED,
    /** Two that followed one another have happened the other way round. */
    REORDERED
  }

  @Override
  public String toString() {
    return kind + " " + key + ": " + what;
  }
}
