package io.speicher.cli.copy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Keeps a copy to a number of items a second, from its own beginning on. One thread. */
final class Throttle {
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long itemsPerSecond;
  private final long startNanos = System.nanoTime();
  private long items;

  /**
   * @param itemsPerSecond at most; 0 for as fast as it goes
   */
  Throttle(long itemsPerSecond) {
    this.itemsPerSecond = itemsPerSecond;
  }

  /** So many of these items may be sent together that the rate is not exceeded by much. */
  int slice(int count) {
    long most = itemsPerSecond == 0 ? count : itemsPerSecond / 10;
    return (int) Math.max(1, Math.min(count, most));
  }

  /**
   * Counts items, and waits until more of them are due.
   *
   * @param whileWaiting is called ten times a second
   */
  void add(int count, Runnable whileWaiting) {
    items += count;
    if (itemsPerSecond == 0) {
      return;
    }
    long dueNanos = startNanos + items * TimeUnit.SECONDS.toNanos(1) / itemsPerSecond;
    for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(Math.min(left, LONGEST_WAIT_NANOS));
      whileWaiting.run();
    }
  }
}
