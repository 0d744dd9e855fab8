package io.speicher.near;

import io.speicher.client.AsyncCache;
import io.speicher.client.Ttl;
import io.speicher.client.Versioned;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same without waiting. A value that is not near is kept when it has come. */
final class NearAsyncCache<V> implements AsyncCache<V> {
  private final AsyncCache<V> far;
  private final NearValues<V> near;

  NearAsyncCache(AsyncCache<V> far, NearValues<V> near) {
    this.far = far;
    this.near = near;
  }

  // ---- reading ----

  @Override
  public CompletableFuture<@Nullable V> get(String key) {
    return get(key, () -> far.get(key));
  }

  @Override
  public CompletableFuture<@Nullable V> get(
      String key, Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader) {
    return get(key, () -> far.get(key, loader));
  }

  /** Asks for a value. */
  @FunctionalInterface
  private interface Question<V> {
    CompletableFuture<@Nullable V> ask();
  }

  private CompletableFuture<@Nullable V> get(String key, Question<V> question) {
    V value = near.present(key);
    if (value != null) {
      return CompletableFuture.<@Nullable V>completedFuture(value);
    }
    Map<String, CompletableFuture<V>> own = near.begin(List.of(key));
    return question
        .ask()
        .whenComplete(
            (found, failure) -> near.end(own, found == null ? Map.of() : Map.of(key, found)));
  }

  @Override
  public CompletableFuture<Map<String, V>> getAll(Collection<String> keys) {
    return far.getAll(keys);
  }

  @Override
  public CompletableFuture<@Nullable Versioned<V>> getVersioned(String key) {
    return far.getVersioned(key);
  }

  // ---- writing ----

  private <T extends @Nullable Object> CompletableFuture<T> written(
      Collection<String> keys, CompletableFuture<T> write) {
    return write.whenComplete((result, failure) -> near.forget(keys));
  }

  @Override
  public CompletableFuture<@Nullable Void> set(String key, V value) {
    return written(List.of(key), far.set(key, value));
  }

  @Override
  public CompletableFuture<@Nullable Void> set(String key, V value, Ttl ttl) {
    return written(List.of(key), far.set(key, value, ttl));
  }

  @Override
  public CompletableFuture<@Nullable Void> set(
      String key, V value, Ttl ttl, Collection<String> tags) {
    return written(List.of(key), far.set(key, value, ttl, tags));
  }

  @Override
  public CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values) {
    return written(values.keySet(), far.setAll(values));
  }

  @Override
  public CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values, Ttl ttl) {
    return written(values.keySet(), far.setAll(values, ttl));
  }

  @Override
  public CompletableFuture<Boolean> setIfAbsent(String key, V value) {
    return written(List.of(key), far.setIfAbsent(key, value));
  }

  @Override
  public CompletableFuture<Boolean> setIfAbsent(String key, V value, Ttl ttl) {
    return written(List.of(key), far.setIfAbsent(key, value, ttl));
  }

  @Override
  public CompletableFuture<Boolean> replace(String key, long version, V value) {
    return written(List.of(key), far.replace(key, version, value));
  }

  @Override
  public CompletableFuture<Boolean> replace(String key, long version, V value, Ttl ttl) {
    return written(List.of(key), far.replace(key, version, value, ttl));
  }

  @Override
  public CompletableFuture<Long> add(String key, long by, long initial, Ttl ttl) {
    return written(List.of(key), far.add(key, by, initial, ttl));
  }

  @Override
  public CompletableFuture<Boolean> touch(String key, Ttl ttl) {
    return written(List.of(key), far.touch(key, ttl));
  }

  @Override
  public CompletableFuture<@Nullable Ttl> ttl(String key) {
    return far.ttl(key);
  }

  @Override
  public CompletableFuture<Boolean> delete(String key) {
    return written(List.of(key), far.delete(key));
  }

  @Override
  public CompletableFuture<Boolean> invalidate(String key, Duration staleFor) {
    return written(List.of(key), far.invalidate(key, staleFor));
  }

  @Override
  public CompletableFuture<Boolean> delete(String key, long version) {
    return written(List.of(key), far.delete(key, version));
  }

  @Override
  public CompletableFuture<Long> deleteAll(Collection<String> keys) {
    return written(keys, far.deleteAll(keys));
  }

  @Override
  public CompletableFuture<@Nullable Void> invalidateTag(String tag) {
    return far.invalidateTag(tag).whenComplete((result, failure) -> near.forgetAll());
  }
}
