package io.speicher.client;

/** Puts near caches in front of caches; the module {@code near} has one. */
public interface NearCaching {
  /**
   * A near cache of its own in front of {@code far}.
   *
   * @param changes of what was read through {@code far}
   */
  <V> Cache<V> of(Cache<V> far, Changes changes);
}
