package io.speicher.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which operations this node has stored the outcome of, lately, as primary or as backup, and what
 * was replied: so that one that is sent again after a change of the topology is not executed again.
 * Any thread may call it.
 */
final class RecentOperations {

  /*
   * What a node has stored may be taken back. A primary that learns of a new topology while it waits
   * for its backups does not store what they have stored by then, for the operation is sent again.
   * Until it comes, the primary decides others on the item without it, and the backups store those
   * over it. If one of them is the primary when it comes, it must not reply that it was executed. So
   * with each decision comes which operation on its key the primary had stored last. Where another
   * one is the last, that may have been taken back, and its outcome is unknown.
   */

  /** Longer than an operation is sent again, which is as long as its client waits. */
  private static final long MEMORY_NANOS = Duration.ofSeconds(10).toNanos();

  /** So that the heap stays small: of many more in ten seconds, the oldest are forgotten. */
  private static final int MAX_OPERATIONS = 65_536;

  /** Stands for no operation that is known. */
  static final long NONE = 0;

  private final LongSupplier nanoTime;
  private final SequencedMap<Long, Outcome> outcomes = new LinkedHashMap<>();

  /** Of the outcomes, the operation that was stored last, by {@link #hash}. */
  private final Map<Long, Long> lasts = new HashMap<>();

  /** From when on it knows all. */
  private long completeSinceNanos;

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares outcomes.
  private record Outcome(long keyHash, byte[] reply, long nanos) {}

  RecentOperations(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    completeSinceNanos = nanoTime.getAsLong();
  }

  /**
   * Of keys with the same hash, which have the same primary, operations are taken for those of one
   * key: then an outcome may be unknown that could be known.
   */
  private static long hash(Key key) {
    return (long) key.segment() << Integer.SIZE | Integer.toUnsignedLong(key.hashCode());
  }

  /** Which operation on a key was stored last, or {@link #NONE}. */
  synchronized long last(Key key) {
    return lasts.getOrDefault(hash(key), NONE);
  }

  /**
   * What an operation was replied is stored with what it has made.
   *
   * @param id of the operation, which no other has
   * @param previous the one that the primary had stored last when it decided this one, or {@link
   *     #NONE}
   */
  synchronized void add(Key key, long id, long previous, byte[] reply) {
    long now = nanoTime.getAsLong();
    long keyHash = hash(key);
    long last = lasts.getOrDefault(keyHash, NONE);
    if (last != previous) {
      byte[] unknown = Operation.OUTCOME_UNKNOWN;
      outcomes.computeIfPresent(last, (_, known) -> new Outcome(keyHash, unknown, known.nanos));
      if (previous != NONE) { // It is in what was decided, and was not stored here.
        outcomes.putIfAbsent(previous, new Outcome(keyHash, unknown, now));
      }
    }
    lasts.put(keyHash, id);
    outcomes.putLast(id, new Outcome(keyHash, reply, now));
    forgetOldest(now);
  }

  private void forgetOldest(long now) {
    Iterator<Map.Entry<Long, Outcome>> oldest = outcomes.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Long, Outcome> entry = oldest.next();
      Outcome outcome = entry.getValue();
      boolean isOld = now - outcome.nanos > MEMORY_NANOS;
      if (!isOld && outcomes.size() <= MAX_OPERATIONS) {
        break;
      }
      completeSinceNanos = outcome.nanos + 1; // Of the same moment there may be more.
      lasts.remove(outcome.keyHash, entry.getKey());
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
