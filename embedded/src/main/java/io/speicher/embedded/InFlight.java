package io.speicher.embedded;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Calls that use the memory of a store, so that it is given back when none does any more.
 *
 * <p>A call adds to a count and takes from it again. There are as many counts as keep threads from
 * waiting for each other's cache line, and closing looks at all of them.
 */
final class InFlight {
  /** A power of 2. */
  private static final int COUNTS = 64;

  /** So many numbers lie between two counts: a line of the cache, and the one that comes along. */
  private static final int STRIDE = 16;

  private final AtomicLongArray counts = new AtomicLongArray(COUNTS * STRIDE);
  private volatile boolean closed;

  /**
   * Begins a call.
   *
   * @return what {@link #end} has to be given, or -1 if it must not begin any more
   */
  int begin() {
    int index = ((int) Thread.currentThread().threadId() & (COUNTS - 1)) * STRIDE;
    counts.getAndIncrement(index);
    if (closed) { // Read after the count has changed: close() sees it, or this sees close().
      end(index);
      return -1;
    }
    return index;
  }

  void end(int index) {
    counts.getAndDecrement(index);
  }

  /**
   * Lets no call begin any more and waits for those that have.
   *
   * @return whether this is the first time
   */
  synchronized boolean close() {
    boolean isFirst = !closed;
    closed = true;
    for (int i = 0; i < COUNTS; i++) {
      while (counts.get(i * STRIDE) != 0) {
        Thread.onSpinWait();
      }
    }
    return isFirst;
  }
}
