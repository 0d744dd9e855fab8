package io.speicher.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which operations this node has stored the outcome of, lately, as primary or as backup, and what
 * was replied: so that one that is sent again after a change of the topology is not executed again,
 * and one that comes late does not undo a later one. Any thread may call it.
 */
final class RecentOperations {
  /** Longer than an operation is sent again, which is as long as its client waits. */
  private static final long MEMORY_NANOS = Duration.ofSeconds(10).toNanos();

  /** So that the heap stays small: of many more in ten seconds, the oldest are forgotten. */
  private static final int MAX_OPERATIONS = 65_536;

  private final LongSupplier nanoTime;
  private final Map<Long, Outcome> outcomes = new LinkedHashMap<>();

  /** The greatest ranks of the keys of these operations. */
  private final Map<Key, Long> ranks = new HashMap<>();

  /** From when on it knows all. */
  private long completeSinceNanos;

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares outcomes.
  private record Outcome(Key key, byte[] reply, long rank, long nanos) {}

  RecentOperations(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    completeSinceNanos = nanoTime.getAsLong();
  }

  /**
   * What an operation was replied is stored with what it has made.
   *
   * @param id of the operation, which no other has
   * @param rank of what it has made
   */
  synchronized void add(Key key, long id, byte[] reply, long rank) {
    long now = nanoTime.getAsLong();
    outcomes.put(id, new Outcome(key, reply, rank, now));
    ranks.merge(key, rank, Math::max);
    Iterator<Outcome> oldest = outcomes.values().iterator();
    while (oldest.hasNext()) {
      Outcome outcome = oldest.next();
      boolean isOld = now - outcome.nanos > MEMORY_NANOS;
      if (!isOld && outcomes.size() <= MAX_OPERATIONS) {
        break;
      }
      completeSinceNanos = outcome.nanos + 1; // Of the same moment there may be more.
      oldest.remove();
      ranks.remove(outcome.key, outcome.rank);
    }
  }

  /** What an operation was replied, or null if this node does not remember it. */
  synchronized byte @Nullable [] reply(long id) {
    Outcome outcome = outcomes.get(id);
    return outcome == null ? null : outcome.reply;
  }

  /**
   * Whether something is stored that was made of a key after what has this rank. Infinispan keeps the
   * writes of a topology in their order, but one of the topology before may come after them.
   */
  synchronized boolean isOvertaken(Key key, long rank) {
    Long greatest = ranks.get(key);
    return greatest != null && greatest > rank;
  }

  /** Whether nothing has been forgotten since a moment, as {@link System#nanoTime} has it. */
  synchronized boolean isCompleteSince(long nanos) {
    return nanos - completeSinceNanos >= 0;
  }
}
