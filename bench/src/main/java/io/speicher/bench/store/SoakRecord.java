package io.speicher.bench.store;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is known of the items from outside the store, and the faults that were found with it.
 *
 * <p>Every write has a generation, a number greater than those of all writes that began before it.
 * A key has one owner, who alone writes to it, and who raises the key's bounds when a write has
 * returned. Who reads takes the bounds first: an item that is older than they say is stale or has
 * been resurrected, for its replacement or deletion had returned before the reading began.
 *
 * <p>For {@code clear}, which knows no owners, every owner shows a generation below that of the
 * write it is at. What is not above the lowest of those had returned before clearing began, and
 * must not be seen after it.
 */
final class SoakRecord {
  private static final int SHOWN_FAULTS = 20;
  private static final long IDLE = Long.MAX_VALUE;

  /** Of each key: no generation in its value may be lower. */
  private final AtomicLongArray oldest;

  /** Of each key: the newest generation in its value may not be lower. */
  private final AtomicLongArray newest;

  /** Of each key: when its item expires at the latest; only its owner looks. */
  private final long[] expiresByMillis;

  private final AtomicLongArray beginning;
  private final AtomicLong generation = new AtomicLong();
  private final LongAdder faults = new LongAdder();
  private volatile long cleared;

  SoakRecord(int keys, int owners) {
    oldest = new AtomicLongArray(keys);
    newest = new AtomicLongArray(keys);
    expiresByMillis = new long[keys];
    Arrays.fill(expiresByMillis, Long.MAX_VALUE);
    beginning = new AtomicLongArray(owners);
    for (int owner = 0; owner < owners; owner++) {
      beginning.set(owner, IDLE);
    }
  }

  /** Begins a write, and returns its generation. */
  long begin(int owner) {
    beginning.set(owner, generation.get());
    return generation.incrementAndGet();
  }

  /** Ends a write, after its bounds have been raised. */
  void end(int owner) {
    beginning.set(owner, IDLE);
  }

  /** The newest generation so far. */
  long generation() {
    return generation.get();
  }

  void wasPut(int index, long putGeneration, long newExpiresByMillis) {
    expiresByMillis[index] = newExpiresByMillis;
    newest.set(index, putGeneration);
    oldest.set(index, putGeneration);
  }

  void wasExtended(int index, long addedGeneration) {
    newest.set(index, addedGeneration);
  }

  void wasTouched(int index, long newExpiresByMillis) {
    expiresByMillis[index] = newExpiresByMillis;
  }

  /** Nothing that is there now may be seen any more. */
  void wasDeleted(int index, long deleteGeneration) {
    oldest.set(index, deleteGeneration);
  }

  long oldest(int index) {
    return oldest.get(index);
  }

  long newest(int index) {
    return newest.get(index);
  }

  long expiresByMillis(int index) {
    return expiresByMillis[index];
  }

  /** Whether the key has no item for certain; asked by its owner. */
  boolean isAbsent(int index, long nowMillis) {
    return oldest.get(index) > newest.get(index) || expiresByMillis[index] <= nowMillis;
  }

  /** No generation that is not above this one may be seen. */
  long cleared() {
    return cleared;
  }

  void clear(Runnable clearing) {
    long completed = generation.get();
    for (int owner = 0; owner < beginning.length(); owner++) {
      completed = Math.min(completed, beginning.get(owner));
    }
    clearing.run();
    cleared = completed;
  }

  /** What was to be so and was not. The first ones are printed. */
  void fault(String what) {
    faults.increment();
    if (faults.sum() <= SHOWN_FAULTS) {
      System.err.println("FAULT: " + what);
    }
  }

  long faults() {
    return faults.sum();
  }
}
