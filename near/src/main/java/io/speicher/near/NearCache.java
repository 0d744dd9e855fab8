package io.speicher.near;

import io.speicher.client.AsyncCache;
import io.speicher.client.BulkLoader;
import io.speicher.client.Cache;
import io.speicher.client.CacheStats;
import io.speicher.client.Loader;
import io.speicher.client.Ttl;
import io.speicher.client.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cache with a near cache in front of it. A write asks the server first and forgets what is near
 * then, whether or not it has succeeded.
 */
final class NearCache<V> implements Cache<V> {
  private final Cache<V> far;
  private final NearValues<V> near;
  private final AsyncCache<V> async;

  NearCache(Cache<V> far, NearValues<V> near) {
    this.far = far;
    this.near = near;
    async = new NearAsyncCache<>(far.async(), near);
  }

  @Override
  public String name() {
    return far.name();
  }

  // ---- reading ----

  @Override
  public @Nullable V get(String key) {
    return near.get(key, () -> far.get(key));
  }

  @Override
  public @Nullable V get(String key, Loader<? extends V> loader) {
    return near.get(key, () -> far.get(key, loader));
  }

  @Override
  public Map<String, V> getAll(Collection<String> keys) {
    return find(keys, far::getAll);
  }

  @Override
  public Map<String, V> getAll(Collection<String> keys, BulkLoader<V> loader) {
    return find(keys, missing -> far.getAll(missing, loader));
  }

  /** Asks for many values. */
  @FunctionalInterface
  private interface Question<V> {
    Map<String, V> ask(Collection<String> keys);
  }

  private Map<String, V> find(Collection<String> keys, Question<V> question) {
    Map<String, V> found = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String key : new LinkedHashSet<>(keys)) {
      V value = near.present(key);
      if (value == null) {
        missing.add(key);
      } else {
        found.put(key, value);
      }
    }
    if (missing.isEmpty()) {
      return found;
    }
    Map<String, CompletableFuture<V>> own = near.begin(missing);
    Map<String, V> rest = Map.of();
    try {
      rest = question.ask(missing);
    } finally {
      near.end(own, rest);
    }
    Map<String, V> inOrder = new LinkedHashMap<>();
    for (String key : keys) {
      V value = found.containsKey(key) ? found.get(key) : rest.get(key);
      if (value != null) {
        inOrder.put(key, value);
      }
    }
    return inOrder;
  }

  /** Always of the server: the version is for a condition. */
  @Override
  public @Nullable Versioned<V> getVersioned(String key) {
    return far.getVersioned(key);
  }

  // ---- writing ----

  private <T extends @Nullable Object> T write(String key, Supplier<T> write) {
    try {
      return write.get();
    } finally {
      near.forget(key);
    }
  }

  @Override
  public void set(String key, V value) {
    try {
      far.set(key, value);
    } finally {
      near.forget(key);
    }
  }

  @Override
  public void set(String key, V value, Ttl ttl) {
    try {
      far.set(key, value, ttl);
    } finally {
      near.forget(key);
    }
  }

  @Override
  public void set(String key, V value, Ttl ttl, Collection<String> tags) {
    try {
      far.set(key, value, ttl, tags);
    } finally {
      near.forget(key);
    }
  }

  @Override
  public void setAll(Map<String, ? extends V> values) {
    try {
      far.setAll(values);
    } finally {
      near.forget(values.keySet());
    }
  }

  @Override
  public void setAll(Map<String, ? extends V> values, Ttl ttl) {
    try {
      far.setAll(values, ttl);
    } finally {
      near.forget(values.keySet());
    }
  }

  @Override
  public boolean setIfAbsent(String key, V value) {
    return write(key, () -> far.setIfAbsent(key, value));
  }

  @Override
  public boolean setIfAbsent(String key, V value, Ttl ttl) {
    return write(key, () -> far.setIfAbsent(key, value, ttl));
  }

  @Override
  public boolean replace(String key, long version, V value) {
    return write(key, () -> far.replace(key, version, value));
  }

  @Override
  public boolean replace(String key, long version, V value, Ttl ttl) {
    return write(key, () -> far.replace(key, version, value, ttl));
  }

  @Override
  public @Nullable V update(String key, UnaryOperator<@Nullable V> change) {
    return this.<@Nullable V>write(key, () -> far.update(key, change));
  }

  @Override
  public long add(String key, long by, long initial, Ttl ttl) {
    return write(key, () -> far.add(key, by, initial, ttl));
  }

  @Override
  public boolean touch(String key, Ttl ttl) {
    return write(key, () -> far.touch(key, ttl));
  }

  @Override
  public @Nullable Ttl ttl(String key) {
    return far.ttl(key);
  }

  @Override
  public boolean delete(String key) {
    return write(key, () -> far.delete(key));
  }

  @Override
  public boolean invalidate(String key, Duration staleFor) {
    return write(key, () -> far.invalidate(key, staleFor));
  }

  @Override
  public boolean delete(String key, long version) {
    return write(key, () -> far.delete(key, version));
  }

  @Override
  public long deleteAll(Collection<String> keys) {
    try {
      return far.deleteAll(keys);
    } finally {
      near.forget(keys);
    }
  }

  // ---- all of it ----

  @Override
  public Stream<String> keys(String prefix) {
    return far.keys(prefix);
  }

  @Override
  public void clear() {
    try {
      far.clear();
    } finally {
      near.forgetAll();
    }
  }

  @Override
  public void invalidateTag(String tag) {
    try {
      far.invalidateTag(tag);
    } finally {
      near.forgetAll();
    }
  }

  @Override
  public AsyncCache<V> async() {
    return async;
  }

  /** Those of the cache behind it, and what was found near as hits. */
  @Override
  public CacheStats stats() {
    CacheStats stats = far.stats();
    return new CacheStats(
        stats.hits() + near.hits(),
        near.hits(),
        stats.misses(),
        stats.sets(),
        stats.deletes(),
        stats.loads(),
        stats.loadFailures(),
        stats.failures());
  }
}
