package io.speicher.store;

/**
 * Is told how far a store has come that recovers what a power loss has left. It is told a few times
 * a second, by whatever thread, one at a time, and should take no longer than a millisecond.
 */
public interface RecoveryListener {
  /** Wants to know nothing. */
  RecoveryListener NONE = (doneBytes, allBytes, itemCount) -> {};

  /**
   * So much of what may hold items was read.
   *
   * @param itemCount how many items were found there
   */
  void recovered(long doneBytes, long allBytes, long itemCount);
}
