package io.speicher.spring.boot;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.speicher.client.Cache;
import org.jspecify.annotations.Nullable;

/** What a cache has counted, under the names that Micrometer has for caches. */
final class SpeicherMetrics extends CacheMeterBinder<Cache<?>> {
  SpeicherMetrics(Cache<?> cache, Iterable<Tag> tags) {
    super(cache, cache.name(), tags);
  }

  /** Nobody counts the items of one cache. */
  @Override
  protected @Nullable Long size() {
    return null;
  }

  @Override
  protected long hitCount() {
    Cache<?> cache = getCache();
    return cache == null ? 0 : cache.stats().hits();
  }

  @Override
  protected @Nullable Long missCount() {
    Cache<?> cache = getCache();
    return cache == null ? null : cache.stats().misses();
  }

  /** The server counts what it evicts, for all its clients. */
  @Override
  protected @Nullable Long evictionCount() {
    return null;
  }

  @Override
  protected long putCount() {
    Cache<?> cache = getCache();
    return cache == null ? 0 : cache.stats().sets();
  }

  @Override
  protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
    Cache<?> cache = requireNonNull(getCache());
    FunctionCounter.builder("cache.removals", cache, c -> c.stats().deletes())
        .tags(getTagsWithCacheName())
        .description("Items that were deleted")
        .register(registry);
    FunctionCounter.builder("cache.failures", cache, c -> c.stats().failures())
        .tags(getTagsWithCacheName())
        .description("Calls that failed, whether or not callers saw it")
        .register(registry);
    FunctionCounter.builder("cache.near.hits", cache, c -> c.stats().nearHits())
        .tags(getTagsWithCacheName())
        .description("Values that were found in the application's own memory")
        .register(registry);
    FunctionCounter.builder("cache.loads", cache, c -> c.stats().loads())
        .tags(getTagsWithCacheName())
        .description("Values that a loader returned")
        .register(registry);
  }
}
