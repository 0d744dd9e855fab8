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

  ARC("ARC") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new Arc(equalItems(capacity), trace.keyCount());
    }
  },

  LIRS("LIRS") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new Lirs(equalItems(capacity), trace.keyCount());
    }
  },

  TWO_QUEUES("2Q") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new TwoQueues(equalItems(capacity), trace.keyCount());
    }
  },

  W_TINY_LFU("W-TinyLFU") {
    @Override
    CacheUnderTest cache(Capacity capacity, Trace trace) {
      return new WTinyLfu(equalItems(capacity), trace.keyCount());
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
      return new Opt(trace, equalItems(capacity));
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

  /** Whether it replays items of many sizes, in bytes. */
  boolean knowsBytes() {
    return switch (this) {
      case SPEICHER, LRU, S3_FIFO, CAFFEINE -> true;
      case ARC, LIRS, TWO_QUEUES, W_TINY_LFU, OPT -> false;
    };
  }

  int equalItems(Capacity capacity) {
    if (capacity.isBytes()) {
      throw new IllegalArgumentException(
          title + " is known for equal items only: give --capacity as a number of items");
    }
    return (int) capacity.amount();
  }
}
