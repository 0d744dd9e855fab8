package io.speicher.client;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys whose loader had no value, for a while, so that it is not asked again at once.
 *
 * <p>There are at most {@link #MAX_KEYS}, since anybody may ask for what does not exist: what is
 * beyond is not remembered.
 *
 * <p><b>Threads.</b> Any thread may call any method.
 */
final class Negatives {
  static final int MAX_KEYS = 10_000;

  private final long nanos;

  /** When each is over. */
  private final ConcurrentHashMap<String, Long> ends = new ConcurrentHashMap<>();

  /**
   * @param nanos for how long; 0 for not at all
   */
  Negatives(long nanos) {
    this.nanos = nanos;
  }

  void remember(String key) {
    if (nanos == 0) {
      return;
    }
    long nowNanos = System.nanoTime();
    if (ends.size() >= MAX_KEYS) {
      ends.values().removeIf(end -> end - nowNanos <= 0);
    }
    if (ends.size() < MAX_KEYS) {
      ends.put(key, nowNanos + nanos);
    }
  }

  boolean has(String key) {
    Long end = nanos == 0 ? null : ends.get(key);
    if (end == null) {
      return false;
    } else if (end - System.nanoTime() > 0) {
      return true;
    }
    ends.remove(key, end);
    return false;
  }

  void forget(String key) {
    if (!ends.isEmpty()) {
      ends.remove(key);
    }
  }

  void forgetAll() {
    ends.clear();
  }
}
