package io.speicher.spring;

import io.speicher.client.Codec;

/** Says how the values of each cache are stored. A bean of this type replaces serialization. */
@FunctionalInterface
public interface CacheCodecs {
  /**
   * The codec of a cache. Spring does not say what the values are: one codec has to do for all that
   * the methods return whose results the cache keeps.
   */
  Codec<?> codec(String cacheName);
}
