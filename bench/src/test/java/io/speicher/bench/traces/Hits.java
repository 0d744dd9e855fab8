package io.speicher.bench.traces;

/** Replays keys of one letter, and shows what became of each. */
final class Hits {
  private Hits() {}

  /** A {@code +} for a hit and a {@code -} for a miss. */
  static String of(Policy policy, int capacity, String letters) {
    Trace.Builder builder = new Trace.Builder();
    letters.chars().forEach(letter -> builder.add(Character.toString(letter)));
    Trace trace = builder.build();
    StringBuilder hits = new StringBuilder();
    try (CacheUnderTest cache = policy.cache(Capacity.ofItems(capacity), trace)) {
      for (int i = 0; i < trace.requestCount(); i++) {
        hits.append(cache.request(trace.request(i), 1) ? '+' : '-');
      }
    }
    return hits.toString();
  }
}
