package io.speicher.jcache;

import java.util.concurrent.atomic.LongAdder;
import javax.cache.management.CacheStatisticsMXBean;

/** What this program has asked of a cache; other programs count for themselves. */
final class Statistics implements CacheStatisticsMXBean {
  private static final float PERCENT = 100;
  private static final float NANOS_PER_MICRO = 1_000;

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder puts = new LongAdder();
  private final LongAdder removals = new LongAdder();
  private final LongAdder getNanos = new LongAdder();
  private final LongAdder putNanos = new LongAdder();
  private final LongAdder removeNanos = new LongAdder();

  private volatile boolean enabled;

  void enable(boolean isEnabled) {
    enabled = isEnabled;
  }

  void looked(boolean isHit) {
    looked(isHit ? 1 : 0, isHit ? 0 : 1);
  }

  void looked(long hitCount, long missCount) {
    if (enabled) {
      hits.add(hitCount);
      misses.add(missCount);
    }
  }

  void put(long count) {
    if (enabled) {
      puts.add(count);
    }
  }

  void removed(long count) {
    if (enabled) {
      removals.add(count);
    }
  }

  void tookToGet(long startNanos) {
    took(getNanos, startNanos);
  }

  void tookToPut(long startNanos) {
    took(putNanos, startNanos);
  }

  void tookToRemove(long startNanos) {
    took(removeNanos, startNanos);
  }

  private void took(LongAdder nanos, long startNanos) {
    if (enabled) {
      nanos.add(System.nanoTime() - startNanos);
    }
  }

  // ---- the bean ----

  @Override
  public void clear() {
    for (LongAdder adder :
        new LongAdder[] {hits, misses, puts, removals, getNanos, putNanos, removeNanos}) {
      adder.reset();
    }
  }

  @Override
  public long getCacheHits() {
    return hits.sum();
  }

  @Override
  public float getCacheHitPercentage() {
    return percentage(getCacheHits());
  }

  @Override
  public long getCacheMisses() {
    return misses.sum();
  }

  @Override
  public float getCacheMissPercentage() {
    return percentage(getCacheMisses());
  }

  private float percentage(long count) {
    long gets = getCacheGets();
    return gets == 0 ? 0 : count * PERCENT / gets;
  }

  @Override
  public long getCacheGets() {
    return getCacheHits() + getCacheMisses();
  }

  @Override
  public long getCachePuts() {
    return puts.sum();
  }

  @Override
  public long getCacheRemovals() {
    return removals.sum();
  }

  /** The server evicts, and counts that for all its clients. */
  @Override
  public long getCacheEvictions() {
    return 0;
  }

  @Override
  public float getAverageGetTime() {
    return average(getNanos, getCacheGets());
  }

  @Override
  public float getAveragePutTime() {
    return average(putNanos, getCachePuts());
  }

  @Override
  public float getAverageRemoveTime() {
    return average(removeNanos, getCacheRemovals());
  }

  /** In microseconds. */
  private static float average(LongAdder nanos, long count) {
    return count == 0 ? 0 : nanos.sum() / NANOS_PER_MICRO / count;
  }
}
