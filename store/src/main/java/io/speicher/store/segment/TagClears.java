package io.speicher.store.segment;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which tags were cleared lately, in order. So it is told whether a tag was cleared since a lease
 * was given to a key that has no item, and therefore no tags.
 *
 * <p>Any thread may call any method. What is too long ago to be known counts as cleared: a value
 * that is not stored costs a load, one that is stored though it was cleared stays wrong.
 */
final class TagClears {
  private static final int SIZE = 1 << 10;

  /** The tags' hashes, by the low bits of the numbers of their clears. */
  private final AtomicLongArray hashes = new AtomicLongArray(SIZE);

  /**
   * Begins anywhere: of the leases that another process has given by the same memory, nobody knows
   * what was cleared since, and this makes their numbers lie too long ago.
   */
  private final AtomicInteger number = new AtomicInteger(ThreadLocalRandom.current().nextInt());

  /** The number of the last clear; clears have numbers one after the other, modulo 2^32. */
  int number() {
    return number.get();
  }

  /** A tag is about to be cleared: its references are current to the end of this call. */
  synchronized void add(long hash) {
    int next = number.get() + 1;
    hashes.set(next & (SIZE - 1), hash);
    number.set(next);
  }

  /** Whether a tag was cleared after the clear of that number, or might have been. */
  boolean includes(long hash, int since) {
    int last = number.get();
    boolean found = false;
    for (int i = 1; i <= Math.min(last - since, SIZE) && !found; i++) {
      found = hashes.get((since + i) & (SIZE - 1)) == hash;
    }
    int passed = number.get() - since; // Clears during the look may have taken places over.
    return found || passed < 0 || passed >= SIZE;
  }
}
