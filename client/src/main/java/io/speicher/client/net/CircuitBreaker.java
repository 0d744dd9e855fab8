package io.speicher.client.net;

import io.speicher.client.backend.Operation;
import io.speicher.client.exception.BreakerOpenException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.MalformedReplyException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps calls from a server that has failed several in a row. After a while one call may try; while
 * it does, and again if it fails, the others are kept away for as long.
 *
 * <p>As long as all is well, it costs a call two reads of memory that nobody writes.
 */
final class CircuitBreaker {
  private static final long CLOSED = 0;

  private final String server;
  private final int maxFailures;
  private final long openNanos;
  private final AtomicInteger failures = new AtomicInteger();

  /** Until when calls are kept away, or {@link #CLOSED}. */
  private final AtomicLong openUntilNanos = new AtomicLong(CLOSED);

  CircuitBreaker(String server, int maxFailures, long openNanos) {
    this.server = server;
    this.maxFailures = maxFailures;
    this.openNanos = openNanos;
  }

  /**
   * Lets a call pass.
   *
   * @throws BreakerOpenException if it may not
   */
  void enter(Operation operation) {
    long untilNanos = openUntilNanos.get();
    if (untilNanos == CLOSED) {
      return;
    }
    long nowNanos = System.nanoTime();
    boolean mayTry =
        nowNanos - untilNanos >= 0
            && openUntilNanos.compareAndSet(untilNanos, untilAfter(nowNanos));
    if (!mayTry) {
      throw new BreakerOpenException(
          operation.label()
              + " not sent, the breaker is open: server="
              + server
              + " openMillis="
              + TimeUnit.NANOSECONDS.toMillis(openNanos)
              + " (expected: fewer than "
              + maxFailures
              + " failures in a row)");
    }
  }

  private long untilAfter(long nowNanos) {
    long untilNanos = nowNanos + openNanos;
    return untilNanos == CLOSED ? 1 : untilNanos;
  }

  /** A call was answered, in whatever way. */
  void answered() {
    if (failures.get() != 0) {
      failures.set(0);
      openUntilNanos.set(CLOSED);
    }
  }

  /** A call has ended so. */
  void ended(Throwable failure) {
    if (failure instanceof CommandTimeoutException
        || failure instanceof ConnectFailedException
        || failure instanceof ConnectionLostException
        || failure instanceof MalformedReplyException) {
      if (failures.incrementAndGet() >= maxFailures) {
        openUntilNanos.set(untilAfter(System.nanoTime()));
      }
    } else {
      answered();
    }
  }
}
