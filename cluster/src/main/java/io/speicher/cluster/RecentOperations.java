package io.speicher.cluster;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which operations this node has stored the outcome of, lately, as primary or as backup, and what
 * was replied: so that one that is sent again after a change of the topology is not executed again.
 * Any thread may call it.
 */
final class RecentOperations {
  /** Longer than an operation is sent again, which is as long as its client waits. */
  private static final long MEMORY_NANOS = Duration.ofSeconds(10).toNanos();

  /** So that the heap stays small: of many more in ten seconds, the oldest are forgotten. */
  private static final int MAX_OPERATIONS = 65_536;

  private final LongSupplier nanoTime;
  private final Map<Long, Outcome> outcomes = new LinkedHashMap<>();

  /** From when on it knows all. */
  private long completeSinceNanos;

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares outcomes.
  private record Outcome(byte[] reply, long nanos) {}

  RecentOperations(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    completeSinceNanos = nanoTime.getAsLong();
  }

  /**
   * What an operation was replied is stored with what it has made.
   *
   * @param id of the operation, which no other has
   */
  synchronized void add(long id, byte[] reply) {
    long now = nanoTime.getAsLong();
    outcomes.put(id, new Outcome(reply, now));
    Iterator<Outcome> oldest = outcomes.values().iterator();
    while (oldest.hasNext()) {
      Outcome outcome = oldest.next();
      boolean isOld = now - outcome.nanos > MEMORY_NANOS;
      if (!isOld && outcomes.size() <= MAX_OPERATIONS) {
        break;
      }
      completeSinceNanos = outcome.nanos + 1; // Of the same moment there may be more.
      oldest.remove();
    }
  }

  /** What an operation was replied, or null if this node does not remember it. */
  synchronized byte @Nullable [] reply(long id) {
    Outcome outcome = outcomes.get(id);
    return outcome == null ? null : outcome.reply;
  }

  /** Whether nothing has been forgotten since a moment, as {@link System#nanoTime} has it. */
  synchronized boolean isCompleteSince(long nanos) {
    return nanos - completeSinceNanos >= 0;
  }
}
