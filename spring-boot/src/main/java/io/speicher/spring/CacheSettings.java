package io.speicher.spring;

import io.speicher.client.CacheOptions;
import java.util.function.Consumer;

/**
 * What a cache of a {@link SpeicherCacheManager} does differently.
 *
 * @param allowsNull whether null is a value that can be cached
 * @param options sets what the client's cache does: time to live, lease, near cache, and the rest
 */
public record CacheSettings(boolean allowsNull, Consumer<CacheOptions> options) {
  /** All of {@link CacheOptions} as it is unless told; null can be cached. */
  public static final CacheSettings DEFAULT = new CacheSettings(true, options -> {});

  /** The same with more options, which come after those that it has. */
  public CacheSettings with(Consumer<CacheOptions> more) {
    return new CacheSettings(allowsNull, options.andThen(more));
  }

  public CacheSettings withAllowsNull(boolean newAllowsNull) {
    return new CacheSettings(newAllowsNull, options);
  }
}
