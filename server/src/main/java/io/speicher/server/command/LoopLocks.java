package io.speicher.server.command;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Lets some commands be alone. An event loop holds its own lock while it executes what one read has
 * brought, which nobody else wants and costs some nanoseconds; who has to be alone takes all of
 * them.
 *
 * <p>So a transaction waits until every other loop is between two reads, and they wait for it:
 * nobody pays for what only some commands need. All locks are taken in one order, with none held
 * before, and are fair: a loop whose peer sends one transaction after the other would otherwise
 * take the lock of another loop again before that has woken up.
 */
public final class LoopLocks {
  private final List<ReentrantLock> locks;

  public LoopLocks(int loops) {
    locks = IntStream.range(0, loops).mapToObj(loop -> new ReentrantLock(true)).toList();
  }

  int count() {
    return locks.size();
  }

  ReentrantLock of(int loop) {
    return locks.get(loop);
  }

  /**
   * Runs {@code work} while no other loop executes anything. The caller holds its own lock, or all
   * of them already: a command of a transaction may want to be alone as well.
   */
  void alone(ReentrantLock own, Runnable work) {
    if (locks.stream().allMatch(ReentrantLock::isHeldByCurrentThread)) {
      work.run();
      return;
    }
    own.unlock();
    locks.forEach(ReentrantLock::lock);
    try {
      work.run();
    } finally {
      locks.forEach(ReentrantLock::unlock);
      own.lock();
    }
  }
}
