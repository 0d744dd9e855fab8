package io.speicher.load;

/** What one thread asks for in one phase. */
final class Source {
  private final Mix mix;
  private final KeyChooser keys;
  private final RandomNumbers random;
  private final long counterStep;
  private long counter;

  /**
   * Makes one.
   *
   * @param firstCounter the counter of the first write
   * @param counterStep from one counter to the next, so that no other thread has the same
   */
  Source(Mix mix, KeyChooser keys, RandomNumbers random, long firstCounter, long counterStep) {
    this.mix = mix;
    this.keys = keys;
    this.random = random;
    this.counter = firstCounter;
    this.counterStep = counterStep;
  }

  Operation nextOperation() {
    return mix.next(random);
  }

  long nextKey() {
    return keys.next(random);
  }

  /** Tells a write from all others of this run. */
  long nextCounter() {
    counter += counterStep;
    return counter;
  }

  /** The counter that was used last. */
  long counter() {
    return counter;
  }
}
