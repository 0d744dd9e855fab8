package io.speicher.client;

import java.util.Map;
import java.util.Set;

/** Gets values from where they really are when the cache has none. */
@FunctionalInterface
public interface BulkLoader<V> {
  /**
   * The values under the keys; what is not in the map does not exist, and is not stored.
   *
   * @param keys at least one, in the order in which they were asked for
   */
  Map<String, V> loadAll(Set<String> keys);
}
