package io.speicher.bench.traces;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Evicts what was not used for the longest time: what most caches do, and the line to hold. */
final class Lru implements CacheUnderTest {
  private final long capacity;
  private final SequencedMap<Integer, Integer> weights = new LinkedHashMap<>(16, 0.75f, true);
  private long usedWeight;

  Lru(long capacity) {
    this.capacity = capacity;
  }

  @Override
  public boolean request(int key, int weight) {
    if (weights.get(key) != null) {
      return true;
    }
    if (weight <= capacity) {
      weights.put(key, weight);
      usedWeight += weight;
      while (usedWeight > capacity) {
        usedWeight -= weights.pollFirstEntry().getValue();
      }
    }
    return false;
  }
}
