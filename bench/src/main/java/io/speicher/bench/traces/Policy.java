package io.speicher.bench.traces;

import java.util.Locale;

/** What decides which items stay. */
enum Policy {
  SPEICHER("Speicher") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return capacity.isBytes()
          ? StoreCache.ofBytes(capacity.amount(), trace)
          : StoreCache.ofItems((int) capacity.amount());
    }
  },

  LRU("LRU") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new Lru(capacity.amount());
    }
  },

  S3_FIFO("S3-FIFO") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new S3Fifo(capacity.amount());
    }
  },

  CAFFEINE("Caffeine") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return capacity.isBytes()
          ? CaffeineCache.ofBytes(capacity.amount())
          : CaffeineCache.ofItems((int) capacity.amount(), trace.keyCount());
    }
  },

  OPT("OPT") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      if (capacity.isBytes()) {
        throw new IllegalArgumentException(
            "the optimum is known for equal items only: give --capacity as a number of items");
      }
      return new Opt(trace, (int) capacity.amount());
    }
  };

  final String title;

  Policy(String title) {
    this.title = title;
  }

  /** As users name it. */
  String optionName() {
    return title.toLowerCase(Locale.ROOT);
  }

  /** An empty cache, for this trace alone. */
  abstract CacheUnderTest cache(Capacity capacity, Trace trace);
}
