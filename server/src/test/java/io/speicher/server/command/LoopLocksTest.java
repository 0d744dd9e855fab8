package io.speicher.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

final class LoopLocksTest {
  private static final int TRANSACTIONS = 2_000;

  private final LoopLocks locks = new LoopLocks(2);
  private final AtomicInteger letIn = new AtomicInteger();
  private int lastLetIn;
  private int waited;
  private int longest;

  /** A loop that executes one transaction after the other lets others in between. */
  @Test
  void alone_againAndAgain_letsOthersIn() throws Exception {
    ReentrantLock own = locks.of(0);
    ReentrantLock others = locks.of(1);
    FutureTask<Integer> greedy =
        new FutureTask<>(() -> {
          own.lock();
          try {
            for (int i = 0; i < TRANSACTIONS; i++) {
              locks.alone(own, () -> countWaiting(others));
            }
          } finally {
            own.unlock();
          }
          return longest;
        });
    Thread.ofPlatform().start(greedy);
    while (!greedy.isDone()) {
      others.lock();
      try {
        letIn.incrementAndGet();
      } finally {
        others.unlock();
      }
    }
    assertThat(greedy.get()).isLessThan(2);
  }

  /** A RENAME within a transaction: nobody comes in between, and two of them do not lock up. */
  @Test
  void alone_withinAlone_staysAlone() throws Exception {
    ReentrantLock own = locks.of(0);
    FutureTask<Boolean> other =
        new FutureTask<>(() -> {
          own.lock();
          try {
            return true;
          } finally {
            own.unlock();
          }
        });
    own.lock();
    try {
      locks.alone(
          own,
          () -> {
            Thread.ofPlatform().start(other);
            while (!own.hasQueuedThreads()) {
              Thread.onSpinWait();
            }
            locks.alone(own, () -> assertThat(other.isDone()).isFalse());
            assertThat(other.isDone()).isFalse();
            assertThat(own.isHeldByCurrentThread()).isTrue();
          });
    } finally {
      own.unlock();
    }
    assertThat(other.get()).isTrue();
  }

  /** A transaction that takes long enough for somebody to come. */
  private void countWaiting(ReentrantLock others) {
    boolean hasWaited = others.hasQueuedThreads() && letIn.get() == lastLetIn;
    waited = hasWaited ? waited + 1 : 0;
    longest = Math.max(longest, waited);
    lastLetIn = letIn.get();
    for (int i = 0; i < 200; i++) {
      Thread.onSpinWait();
    }
  }
}
