package io.speicher.server.net;

import io.speicher.dialect.Account;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Connections that need more memory than their fair share is at the moment. They get it as soon as
 * there is as much, or when it is their turn to have the reserve of the {@link Account}.
 *
 * <p>Any thread may call any method.
 */
final class MemoryQueue {
  /**
   * Whoever needs little comes first, so that a few large requests do not hold up many small ones;
   * but a megabyte more lets others pass for a second only, and nobody waits for ever.
   */
  private static final long NANOS_PER_BYTE = 1_000;

  /**
   * @param totalBytes what it will hold, with what it holds already
   * @param order the least comes first
   */
  private record Waiting(Connection connection, long totalBytes, long order) {}

  private final Account account;
  private final Runnable whenBusy;
  private final Queue<Waiting> small = newQueue();
  private final Queue<Waiting> large = newQueue();
  private final long startNanos = System.nanoTime();
  private @Nullable Connection holder;
  private boolean wasForSmall;
  private volatile boolean isBusy;

  /**
   * @param whenBusy is run when a connection begins to wait, on its loop
   */
  MemoryQueue(Account account, Runnable whenBusy) {
    this.account = account;
    this.whenBusy = whenBusy;
  }

  private static Queue<Waiting> newQueue() {
    return new PriorityQueue<>(Comparator.comparingLong(Waiting::order));
  }

  /** Whether somebody waits. */
  boolean isBusy() {
    return isBusy;
  }

  /**
   * Lets a connection wait, on its own loop. It is told by {@link Connection#mayHoldMore}.
   *
   * @param totalBytes how much it needs, with what it holds
   */
  void add(Connection connection, long totalBytes) {
    long order = System.nanoTime() - startNanos + totalBytes * NANOS_PER_BYTE;
    synchronized (this) {
      boolean isSmall = totalBytes <= Account.SMALL_SHARE_BYTES;
      (isSmall ? small : large).add(new Waiting(connection, totalBytes, order));
      next();
    }
    whenBusy.run();
  }

  /** A connection does not need the reserve, or does not wait, any longer. */
  synchronized void leave(Connection connection) {
    small.removeIf(one -> one.connection().equals(connection));
    large.removeIf(one -> one.connection().equals(connection));
    if (connection.equals(holder)) {
      holder = null;
    }
    next();
  }

  /** Looks whether there is memory by now for those that come first. */
  synchronized void next() {
    admitSmall();
    admitLarge();
    giveReserve();
    isBusy = !small.isEmpty() || !large.isEmpty();
  }

  private void admitSmall() {
    long free = account.freeForSmallBytes();
    for (Waiting first = small.peek(); first != null; first = small.peek()) {
      free -= first.totalBytes();
      if (free < 0) {
        return;
      }
      small.remove().connection().mayHoldMore(false);
    }
  }

  private void admitLarge() {
    Waiting first = large.peek();
    // No share may be larger than what then is free; one that grew in vain would try for ever.
    if (first != null && first.totalBytes() <= account.freeBytes() / 2) {
      large.remove().connection().mayHoldMore(false);
    }
  }

  /** Also to those that need little: together they may hold all that each of them waits for. */
  private void giveReserve() {
    boolean isForSmall = large.isEmpty() || (!wasForSmall && !small.isEmpty());
    Queue<Waiting> next = isForSmall ? small : large;
    if (holder == null && !next.isEmpty()) {
      wasForSmall = isForSmall;
      holder = next.remove().connection();
      holder.mayHoldMore(true);
    }
  }
}
