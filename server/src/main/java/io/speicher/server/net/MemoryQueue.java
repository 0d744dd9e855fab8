package io.speicher.server.net;

import io.speicher.dialect.Account;
import java.util.Comparator;
import java.util.concurrent.PriorityBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Connections that need more memory than their fair share is at the moment. One of them at a time
 * gets the reserve of the {@link Account}, which is enough for any request: the one that needs
 * least comes first, so that a few large requests do not hold up many small ones.
 *
 * <p>Any thread may call any method.
 */
final class MemoryQueue {
  private record Waiting(Connection connection, long neededBytes, long number) {}

  private final Account account;
  private final PriorityBlockingQueue<Waiting> waiting =
      new PriorityBlockingQueue<>(
          64, Comparator.comparingLong(Waiting::neededBytes).thenComparingLong(Waiting::number));
  private long lastNumber;
  private @Nullable Connection holder;

  MemoryQueue(Account account) {
    this.account = account;
  }

  /** Whether somebody waits. */
  boolean isBusy() {
    return !waiting.isEmpty();
  }

  /**
   * Lets a connection wait. It is told by {@link Connection#mayHoldMore}, on its own loop.
   *
   * @param neededBytes how much it needs beside what it holds
   */
  synchronized void add(Connection connection, long neededBytes) {
    waiting.add(new Waiting(connection, neededBytes, ++lastNumber));
    next();
  }

  /** A connection does not need the reserve, or does not wait, any longer. */
  synchronized void leave(Connection connection) {
    waiting.removeIf(one -> one.connection().equals(connection));
    if (connection.equals(holder)) {
      holder = null;
    }
    next();
  }

  /** Looks whether there is memory by now for the one that needs least. */
  synchronized void next() {
    Waiting first = waiting.peek();
    if (first == null) {
      return;
    }
    boolean getsReserve = holder == null;
    if (getsReserve || first.neededBytes() < account.freeBytes() / 2) {
      waiting.poll();
      if (getsReserve) {
        holder = first.connection();
      }
      first.connection().mayHoldMore(getsReserve);
    }
  }
}
