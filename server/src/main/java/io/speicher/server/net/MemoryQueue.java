package io.speicher.server.net;

import io.speicher.dialect.Account;
import java.util.Comparator;
import java.util.concurrent.PriorityBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Connections that need more memory than their fair share is at the moment. They get it as soon as
 * there is as much; and one of them at a time gets the reserve of the {@link Account}, which is
 * enough for any request.
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
  private final PriorityBlockingQueue<Waiting> waiting =
      new PriorityBlockingQueue<>(64, Comparator.comparingLong(Waiting::order));
  private final long startNanos = System.nanoTime();
  private @Nullable Connection holder;

  MemoryQueue(Account account) {
    this.account = account;
  }

  /** Whether somebody waits. */
  boolean isBusy() {
    return !waiting.isEmpty();
  }

  /**
   * Lets a connection wait, on its own loop. It is told by {@link Connection#mayHoldMore}.
   *
   * @param neededBytes how much it needs beside what it holds
   */
  synchronized void add(Connection connection, long neededBytes) {
    long order = System.nanoTime() - startNanos + neededBytes * NANOS_PER_BYTE;
    waiting.add(new Waiting(connection, connection.share().heldBytes() + neededBytes, order));
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

  /** Looks whether there is memory by now for the first. */
  synchronized void next() {
    Waiting first = waiting.peek();
    if (first == null) {
      return;
    }
    // No share may be larger than what then is free; one that grew in vain would try for ever.
    boolean hasRoom = first.totalBytes() <= account.freeBytes() / 2;
    if (hasRoom || holder == null) {
      waiting.poll();
      if (!hasRoom) {
        holder = first.connection();
      }
      first.connection().mayHoldMore(!hasRoom);
    }
  }
}
