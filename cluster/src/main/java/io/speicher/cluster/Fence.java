package io.speicher.cluster;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * Keeps a node that has slept from answering: others may have put it out of the cluster meanwhile,
 * and have changed what it believes to own. A thread ticks; when a tick is late, nothing is read
 * until a majority has confirmed what this node knows. One thread besides, any may ask.
 */
final class Fence implements AutoCloseable {
  private static final Logger logger = System.getLogger(Fence.class.getName());

  private static final long TICK_MILLIS = 50;

  /** Below what failure detection waits for ({@link Stack}), above what a collection takes. */
  private static final long LATE_NANOS = Duration.ofMillis(300).toNanos();

  private final BooleanSupplier isConfirmed;
  private final Thread thread;
  private volatile long tickNanos = System.nanoTime();
  private volatile boolean isClosed;
  private final LongAdder stalls = new LongAdder();

  /**
   * @param isConfirmed asks the others; it may wait for some hundred milliseconds
   */
  Fence(BooleanSupplier isConfirmed) {
    this.isConfirmed = isConfirmed;
    thread = Thread.ofPlatform().daemon().name("speicher-fence").unstarted(this::run);
  }

  void start() {
    tickNanos = System.nanoTime();
    thread.start();
  }

  /** Whether nothing may be read. */
  boolean isClosed() {
    return isClosed || System.nanoTime() - tickNanos > LATE_NANOS;
  }

  /** How often it has slept too long. */
  long stalls() {
    return stalls.sum();
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        long lateNanos = System.nanoTime() - tickNanos - Duration.ofMillis(TICK_MILLIS).toNanos();
        if (lateNanos > LATE_NANOS && !isClosed) {
          isClosed = true; // Before the tick: nobody may get in between.
          stalls.increment();
          logger.log(
              Level.WARNING,
              "this node has slept: ms="
                  + Duration.ofNanos(lateNanos).toMillis()
                  + "; it reads nothing until the others confirm what it knows");
        }
        tickNanos = System.nanoTime();
        if (isClosed && isConfirmed.getAsBoolean()) {
          long waited = System.nanoTime() - tickNanos;
          tickNanos = System.nanoTime();
          isClosed = waited > LATE_NANOS; // It has slept again: ask again.
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
  }
}
