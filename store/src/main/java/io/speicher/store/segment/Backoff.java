package io.speicher.store.segment;

/** How a thread waits for another one that is about to finish, within microseconds. */
final class Backoff {
  private static final int SPINS_BEFORE_YIELD = 100;

  private Backoff() {}

  /** Waits for a moment. {@code attempt} counts the moments. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is wanted.
  static void pause(int attempt) {
    if (attempt % SPINS_BEFORE_YIELD == 0) {
      Thread.yield(); // Whoever it is may be waiting for this processor.
    } else {
      Thread.onSpinWait();
    }
  }
}
