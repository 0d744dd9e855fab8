package io.speicher.cluster;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.infinispan.commons.util.IntSet;

/** Since when this node has been an owner of each segment. Any thread may call it. */
final class OwnedSegments {
  private static final long NOT_OWNED = Long.MIN_VALUE;

  private final LongSupplier nanoTime;

  /** The time on a clock that begins with this object. */
  private final AtomicLongArray sinceNanos;

  private final long originNanos;

  OwnedSegments(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    originNanos = nanoTime.getAsLong();
    long[] none = new long[SlotPartitioner.SEGMENTS];
    Arrays.fill(none, NOT_OWNED);
    sinceNanos = new AtomicLongArray(none);
  }

  /** Leaves those as they are that it has owned before. */
  void add(IntSet segments) {
    long now = nanoTime.getAsLong() - originNanos;
    segments.forEach((int segment) -> sinceNanos.compareAndSet(segment, NOT_OWNED, now));
  }

  void remove(IntSet segments) {
    segments.forEach((int segment) -> sinceNanos.set(segment, NOT_OWNED));
  }

  /** Whether it has owned a segment at this moment, as the clock has it, and ever since. */
  boolean isSince(int segment, long nanos) {
    long since = sinceNanos.get(segment);
    return since != NOT_OWNED && nanos - originNanos - since >= 0;
  }
}
