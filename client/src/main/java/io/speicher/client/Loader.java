package io.speicher.client;

import org.jspecify.annotations.Nullable;

/** Gets a value from where it really is when the cache has none. */
@FunctionalInterface
public interface Loader<V> {
  /**
   * The value under the key, or null if there is none, which is not stored.
   *
   * @param key as it was asked for
   */
  @Nullable V load(String key);
}
