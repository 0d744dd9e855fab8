package io.speicher.jcache;

import javax.cache.Cache;

/** A key and a value that have been read. */
public final class SpeicherEntry<K, V> implements Cache.Entry<K, V> {
  private final K key;
  private final V value;

  SpeicherEntry(K key, V value) {
    this.key = key;
    this.value = value;
  }

  @Override
  public K getKey() {
    return key;
  }

  @Override
  public V getValue() {
    return value;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return unwrap(this, type);
  }

  static <T> T unwrap(Object entry, Class<T> type) {
    if (type.isInstance(entry)) {
      return type.cast(entry);
    }
    throw new IllegalArgumentException("type=" + type.getName() + " (expected: Cache.Entry)");
  }

  @Override
  public String toString() {
    return "entry"; // Never a key or a value.
  }
}
