package io.speicher.client;

import io.speicher.protocol.Reply;
import org.jspecify.annotations.Nullable;

/**
 * What became of asking for a value or, if there is none, for the task to load it.
 *
 * @param value null if there is none, or none that the codec knows
 * @param lease the task, or {@link Reply.Leasable#NONE}
 * @param isStale whether the value is out of date
 * @param hasItem whether there is an item, whatever the codec makes of it
 * @param isUnknown whether the server could not be asked
 */
record Asked<V>(
    @Nullable V value, long lease, boolean isStale, boolean hasItem, boolean isUnknown) {
  /** Nobody knows: the server could not be asked. */
  static <V> Asked<V> unknown() {
    return new Asked<>(null, Reply.Leasable.NONE, false, false, true);
  }

  boolean hasLease() {
    return lease != Reply.Leasable.NONE;
  }

  /** Whether the value will do, and somebody has to load the next one in the background. */
  boolean isToBeRefreshed() {
    return value != null && hasLease() && !isStale;
  }

  /** Whether there is nothing for the caller to do but to take the value. */
  boolean isEnough() {
    return value != null && !(isStale && hasLease());
  }

  /** Whether there is an item that nobody can use and nobody will replace. */
  boolean isInTheWay() {
    return value == null && hasItem && !hasLease();
  }
}
