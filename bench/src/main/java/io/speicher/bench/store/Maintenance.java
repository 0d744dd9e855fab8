package io.speicher.bench.store;

import io.speicher.bench.Machine;
import io.speicher.store.Store;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Calls {@link Store#maintain} as the server does, and takes the time. */
final class Maintenance implements AutoCloseable {
  private static final long EVERY_MILLIS = 500;

  private final Store store;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile long cpuNanos;
  private volatile long longestNanos;

  private Maintenance(Store store) {
    this.store = store;
    thread = Thread.ofPlatform().name("maintenance").unstarted(this::run);
  }

  static Maintenance start(Store store) {
    Maintenance maintenance = new Maintenance(store);
    maintenance.thread.start();
    return maintenance;
  }

  /** CPU time of all calls so far. */
  long cpuNanos() {
    return cpuNanos;
  }

  /** The longest call so far. */
  long longestNanos() {
    return longestNanos;
  }

  private void run() {
    try {
      while (!ended.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        long started = System.nanoTime();
        store.maintain();
        longestNanos = Math.max(longestNanos, System.nanoTime() - started);
        cpuNanos = Machine.threadCpuNanos();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // Nobody does that.
    }
  }

  /** Returns when the last call has returned. */
  @Override
  public void close() {
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
