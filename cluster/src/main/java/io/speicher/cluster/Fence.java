package io.speicher.cluster;

import io.speicher.server.command.Cluster.Stall;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a node from answering that others may have put out of the cluster: it was asleep, or cut
 * off, and does not know it yet. A thread asks the others again and again, and nothing is read
 * unless they have confirmed lately what this node knows. Any thread may look.
 */
final class Fence implements AutoCloseable {

  /*
   * It is a lease. The others put a node out when they have not heard from it for 400 ms, and have
   * asked once more for 100 ms (Stack). A confirmation holds for less, from the moment at which it was
   * asked for, and whoever has given it has heard from this node after that. So what they
   * acknowledge without this node, they acknowledge when it answers nothing any more. The coordinator has to
   * be among them, since it is the one that puts a node out; and a majority, since a coordinator may
   * be cut off with this node. A process that was stopped finds its lease at an end when it goes on.
   */
  private static final Logger logger = System.getLogger(Fence.class.getName());

  private static final long TICK_MILLIS = 100;
  private static final int MAX_STALLS = 20;
  private static final long LEASE_NANOS = Duration.ofMillis(300).toNanos();

  private final Supplier<CompletableFuture<Boolean>> question;
  private final Thread thread;
  private final LongAdder stalls = new LongAdder();
  private final Deque<Stall> lastStalls = new ConcurrentLinkedDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isOpen = lock.newCondition();

  /** When what others have confirmed last was asked. */
  private volatile long confirmedNanos = System.nanoTime();

  /**
   * @param question asks the others whether they know what this node knows; it waits for nothing
   */
  Fence(Supplier<CompletableFuture<Boolean>> question) {
    this.question = question;
    thread = Thread.ofPlatform().daemon().name("speicher-fence").unstarted(this::run);
  }

  void start() {
    confirmedNanos = System.nanoTime();
    thread.start();
  }

  /** Whether nothing may be read. */
  boolean isClosed() {
    return System.nanoTime() - confirmedNanos > LEASE_NANOS;
  }

  /** Waits until something may be read, or for so long; returns whether it may. */
  boolean awaitOpen(Duration patience) throws InterruptedException {
    long leftNanos = patience.toNanos();
    lock.lock();
    try {
      while (isClosed() && leftNanos > 0) {
        leftNanos = isOpen.awaitNanos(leftNanos);
      }
      return !isClosed();
    } finally {
      lock.unlock();
    }
  }

  /** How often it has slept too long. */
  long stalls() {
    return stalls.sum();
  }

  /** The last of them, oldest first. */
  List<Stall> lastStalls() {
    return List.copyOf(lastStalls);
  }

  private void stalled(long millis) {
    stalls.increment();
    lastStalls.add(new Stall(System.currentTimeMillis(), millis));
    if (lastStalls.size() > MAX_STALLS) {
      lastStalls.removeFirst();
    }
    logger.log(
        Level.WARNING,
        "this node has slept: ms="
            + millis
            + "; it reads nothing until the others confirm what it knows");
  }

  private void run() {
    long lastNanos = System.nanoTime();
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        long askedNanos = System.nanoTime();
        if (askedNanos - lastNanos > LEASE_NANOS) {
          stalled(Duration.ofNanos(askedNanos - lastNanos).toMillis());
        }
        lastNanos = askedNanos;
        question.get().whenComplete((answer, failure) -> answered(askedNanos, answer));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** A later answer may be to an earlier question. */
  private void answered(long askedNanos, @Nullable Boolean isConfirmed) {
    if (isConfirmed != null && isConfirmed) {
      lock.lock();
      try {
        if (askedNanos - confirmedNanos > 0) {
          confirmedNanos = askedNanos;
          isOpen.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
