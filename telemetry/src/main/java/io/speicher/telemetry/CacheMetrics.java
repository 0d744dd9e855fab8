package io.speicher.telemetry;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.speicher.client.Cache;
import org.jspecify.annotations.Nullable;

/**
 * What a cache has counted ({@link Cache#stats}), under the names that Micrometer has for caches:
 * {@code cache.gets}, {@code cache.puts} and others, with the tag {@code cache}. Reading them costs
 * calls nothing.
 *
 * <p>It does not keep the cache from being collected; what it counts then stays as it was.
 */
public final class CacheMetrics extends CacheMeterBinder<Cache<?>> {
  /**
   * What is to be bound to a registry.
   *
   * @param tags which the meters have beside that of the cache's name
   */
  public CacheMetrics(Cache<?> cache, Iterable<Tag> tags) {
    super(cache, cache.name(), tags);
  }

  /** Binds what the cache counts to the registry. */
  public static void monitor(MeterRegistry registry, Cache<?> cache) {
    new CacheMetrics(cache, Tags.empty()).bindTo(registry);
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
