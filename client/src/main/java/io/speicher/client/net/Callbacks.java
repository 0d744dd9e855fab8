package io.speicher.client.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Completes futures, with all that depends on them, away from the I/O thread.
 *
 * <p>A runner takes one callback after the other, so that a batch of replies costs the executor one
 * task. When the runners make no progress for {@link #PATIENCE_NANOS}, because a callback blocks,
 * another one is started beside them: a callback holds up no other, as long as the executor has
 * threads.
 *
 * <p><b>Threads.</b> Any thread may {@link #add}; {@link #flush} belongs to the I/O thread. Where
 * the executor takes no task and no runner is left, the callbacks run on the I/O thread.
 */
final class Callbacks {
  /** How long runners may be at the same callbacks before they get company. */
  static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final System.Logger logger = System.getLogger(Callbacks.class.getName());

  private final Executor executor;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger runners = new AtomicInteger();

  /** How many callbacks have returned. */
  private final AtomicLong returned = new AtomicLong();

  /** What {@link #returned} was when a runner was started last. Belongs to the I/O thread. */
  private long returnedAtStart = -1;

  private long startedNanos;

  Callbacks(Executor executor) {
    this.executor = executor;
  }

  /** Has {@code callback} run soon after the next {@link #flush}. */
  void add(Runnable callback) {
    waiting.add(callback);
  }

  /**
   * Has the callbacks run that wait.
   *
   * @return the nanoseconds until this has to be called again; {@link Long#MAX_VALUE} for never
   */
  long flush() {
    if (waiting.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long nowNanos = System.nanoTime();
    long returnedNow = returned.get();
    if (runners.get() == 0) {
      startRunner(nowNanos, returnedNow);
    } else if (returnedNow != returnedAtStart) {
      returnedAtStart = returnedNow;
      startedNanos = nowNanos;
    } else if (nowNanos - startedNanos >= PATIENCE_NANOS) {
      startRunner(nowNanos, returnedNow);
    }
    return PATIENCE_NANOS;
  }

  /** The same for the last time: nobody looks any more whether a callback blocks. */
  void flushLast() {
    if (!waiting.isEmpty()) {
      startRunner(System.nanoTime(), returned.get());
    }
  }

  private void startRunner(long nowNanos, long returnedNow) {
    returnedAtStart = returnedNow;
    startedNanos = nowNanos;
    runners.incrementAndGet();
    try {
      executor.execute(this::run);
    } catch (RejectedExecutionException e) {
      if (runners.get() == 1) {
        run();
      } else {
        runners.decrementAndGet();
      }
    }
  }

  private void run() {
    do {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        try {
          next.run();
        } catch (
            Throwable e) { // A listener's: what a future's callbacks throw is in their futures.
          logger.log(System.Logger.Level.WARNING, "a listener has thrown", e);
        }
        returned.incrementAndGet();
      }
      runners.decrementAndGet();
    } while (!waiting.isEmpty() && runners.compareAndSet(0, 1));
  }
}
