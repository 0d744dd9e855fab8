package io.speicher.server.net;

import io.speicher.dialect.Account;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;

/**
 * Connections that need more memory than their fair share is at the moment. They get it as soon as
 * there is as much, or when it is their turn to have one of the reserves of the {@link Account}.
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

  /** A part of the account that so many connections have at a time, and those that wait for it. */
  private record Reserve(
      int places, long shareBytes, Set<Connection> holders, Queue<Waiting> waiting) {
    Reserve(int places, long shareBytes) {
      this(
          places,
          shareBytes,
          new HashSet<>(),
          new PriorityQueue<>(Comparator.comparingLong(Waiting::order)));
    }
  }

  private final Account account;
  private final Runnable whenBusy;
  private final Reserve small;
  private final Reserve large;
  private final long startNanos = System.nanoTime();
  private volatile boolean isBusy;

  /**
   * @param whenBusy is run when a connection begins to wait, on its loop
   */
  MemoryQueue(Account account, Runnable whenBusy) {
    this.account = account;
    this.whenBusy = whenBusy;
    small = new Reserve(account.smallShares(), Account.SMALL_SHARE_BYTES);
    large = new Reserve(1, account.reserveBytes());
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
    boolean isSmall =
        small.places > 0
            && totalBytes <= small.shareBytes
            && connection.share().reservedBytes() == 0;
    long order = System.nanoTime() - startNanos + totalBytes * NANOS_PER_BYTE;
    synchronized (this) {
      (isSmall ? small : large).waiting.add(new Waiting(connection, totalBytes, order));
      next();
    }
    whenBusy.run();
  }

  /** A connection does not need a reserve, or does not wait, any longer. */
  synchronized void leave(Connection connection) {
    for (Reserve reserve : new Reserve[] {small, large}) {
      reserve.waiting.removeIf(one -> one.connection().equals(connection));
      reserve.holders.remove(connection);
    }
    next();
  }

  /** Looks whether there is memory by now for those that come first. */
  synchronized void next() {
    admit(small);
    admit(large);
    isBusy = !small.waiting.isEmpty() || !large.waiting.isEmpty();
  }

  private void admit(Reserve reserve) {
    Waiting first = reserve.waiting.peek();
    // No share may be larger than what then is free; one that grew in vain would try for ever.
    if (first != null && first.totalBytes() <= account.freeBytes() / 2) {
      reserve.waiting.remove();
      first.connection().mayHoldMore(0);
    }
    while (!reserve.waiting.isEmpty() && reserve.holders.size() < reserve.places) {
      Connection next = reserve.waiting.remove().connection();
      reserve.holders.add(next);
      next.mayHoldMore(reserve.shareBytes);
    }
  }
}
