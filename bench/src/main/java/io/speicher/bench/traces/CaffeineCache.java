package io.speicher.bench.traces;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/**
 * Caffeine as people use it: W-TinyLFU with a window that adapts. It draws lots when it admits, so
 * its figures differ a little from run to run.
 */
final class CaffeineCache implements CacheUnderTest {
  private final Cache<Integer, Integer> cache;

  private CaffeineCache(Caffeine<? super Integer, ? super Integer> builder) {
    cache = builder.executor(Runnable::run).build(); // Evicts at once and not some time later.
  }

  /**
   * Says at once how large it will be, as Caffeine's simulator does: then it counts uses from the
   * first request on, which matters in short traces.
   */
  static CaffeineCache ofItems(int itemCount, int keyCount) {
    return new CaffeineCache(
        Caffeine.newBuilder()
            .maximumSize(itemCount)
            .initialCapacity(Math.min(itemCount, keyCount)));
  }

  static CaffeineCache ofBytes(long bytes) {
    return new CaffeineCache(
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((Integer key, Integer weight) -> weight));
  }

  @Override
  public boolean request(int key, int weight) {
    if (cache.getIfPresent(key) != null) {
      return true;
    }
    cache.put(key, weight);
    return false;
  }
}
