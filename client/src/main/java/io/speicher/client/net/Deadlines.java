package io.speicher.client.net;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Knows when the time of commands is over, for those whose callers do not watch it themselves.
 *
 * <p>Most commands have ended before anybody looks. So they go to a queue, and only those that are
 * still there when the I/O thread looks, {@link #TICK_NANOS} later, are sorted by their deadlines.
 * Looking costs what has come since, and what has timed out, but not what is pending.
 *
 * <p><b>Threads.</b> Any thread may {@link #add}; {@link #expire} belongs to the I/O thread.
 */
final class Deadlines {
  /** How soon after a command has come the I/O thread looks at it. */
  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  /** With fewer commands than this, those that have ended are not looked for. */
  private static final int MIN_PURGED = 1_024;

  private final Queue<PendingCommand<?>> newcomers = new ConcurrentLinkedQueue<>();

  private final PriorityQueue<PendingCommand<?>> known =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos() - b.dueNanos()));

  private int purgeSize = MIN_PURGED;

  void add(PendingCommand<?> command) {
    newcomers.add(command);
  }

  /**
   * Fails the commands whose time is over, and ends the connection if it is stuck: a command went
   * unanswered for its own timeout and that of the client, and nothing at all was received since it
   * was sent.
   *
   * @return the nanoseconds until this has to be called again; {@link Long#MAX_VALUE} for never
   */
  long expire(long nowNanos, @Nullable Connection connection) {
    for (PendingCommand<?> next = newcomers.poll(); next != null; next = newcomers.poll()) {
      if (!next.hasEnded()) {
        known.add(next);
      }
    }
    for (PendingCommand<?> next = known.peek(); next != null; next = known.peek()) {
      if (next.dueNanos() - nowNanos > 0) {
        purge();
        return next.dueNanos() - nowNanos;
      }
      known.remove();
      if (!next.hasEnded()) {
        expire(next, nowNanos, connection);
      }
    }
    return Long.MAX_VALUE;
  }

  private void expire(PendingCommand<?> command, long nowNanos, @Nullable Connection connection) {
    if (!command.isDone()) {
      command.timeOut();
    }
    if (command.isInFlight()
        && connection != null
        && connection.isSilentSince(command.sentNanos())) {
      long stuckNanos = command.sentNanos() + connection.patienceNanos();
      if (stuckNanos - nowNanos > 0) {
        command.dueAt(stuckNanos);
        known.add(command);
      } else {
        connection.endSilent(nowNanos - command.sentNanos());
      }
    }
  }

  /** Forgets those that have ended, before they are more than those that have not. */
  private void purge() {
    if (known.size() > purgeSize) {
      known.removeIf(PendingCommand::hasEnded);
      purgeSize = Math.max(MIN_PURGED, 2 * known.size());
    }
  }
}
