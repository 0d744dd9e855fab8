package io.speicher.bench.traces;

/** A cache of some capacity, which a replay asks for one key after the other. */
interface CacheUnderTest extends AutoCloseable {
  /**
   * Asks for a key, and puts its item if it is not there.
   *
   * @param key its number in the {@link Trace}
   * @param weight what the item takes of the capacity; where it is there already it keeps the
   *     weight that it was put with
   * @return whether it was there
   */
  boolean request(int key, int weight);

  @Override
  default void close() {}
}
