package io.speicher.store.segment;

/**
 * Counts the items of a part that are older than the part itself: those that were stored before a
 * namespace was declared. {@link ClearedWalk} passes all items, in the order of where they lie, and
 * counts these.
 *
 * <p>Such an item is counted from the moment the walk has passed it, which it does with the item's
 * table locked. So whoever unlinks one, with the same table locked, knows whether it was counted.
 * What is linked meanwhile is not older, wherever it lies, and is counted at once.
 */
final class Recount {
  /** How far a walk has come. */
  static final class Progress {
    /** Of a walk that has not begun. */
    static final Progress NONE = new Progress();

    private volatile long location;

    /** All that lies before {@code newLocation} was passed. One thread calls it. */
    void passedUpTo(long newLocation) {
      location = newLocation;
    }

    /** Everything was passed, and nothing left out. */
    void finish() {
      location = Long.MAX_VALUE;
    }

    private boolean hasPassed(long itemLocation) {
      return itemLocation < location;
    }
  }

  private final Cutoff since;
  private final Progress progress;
  private final Part.Tally found = new Part.Tally();

  /**
   * @param since older items lie before it
   */
  Recount(Cutoff since, Progress progress) {
    this.since = since;
    this.progress = progress;
  }

  /** The same, for another walk, since the last one has left something out. */
  Recount again(Progress newProgress) {
    return new Recount(since, newProgress);
  }

  /** Whether it is not known yet what is older. */
  boolean isPending() {
    return Cutoff.PENDING.equals(since);
  }

  boolean isDone() {
    return progress.location == Long.MAX_VALUE;
  }

  boolean isOf(Progress walk) {
    return progress.equals(walk);
  }

  /** Whether an item is older than the part. */
  boolean concerns(Segments segments, long sequence, long location) {
    return since.covers(segments, sequence, location);
  }

  /** An older item was found. Its table is locked. */
  void found(int bytes) {
    found.add(1, bytes);
  }

  /** An older item is linked no more. Its table is locked. */
  void unlinked(long location, int bytes) {
    if (progress.hasPassed(location)) {
      found.add(-1, -bytes);
    }
  }

  long items() {
    return found.items().sum();
  }

  long bytes() {
    return found.bytes().sum();
  }
}
