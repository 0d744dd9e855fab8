package io.speicher.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Cache} whose methods return at once. They do what those of the same name do; a future
 * fails with what they throw, save for the caller's mistakes, which are thrown at once.
 *
 * <p><b>Threads.</b> Futures are completed, and the stages that depend on them run, on {@link
 * SpeicherBuilder#callbackExecutor}. They may block, and call the blocking {@link Cache} too: a
 * callback that is slow holds up no other, as long as the executor has threads. Cancelling a future
 * keeps a command from being sent if it still waits for a connection, and does nothing else.
 *
 * @param <V> the type of the values
 */
public interface AsyncCache<V> {
  /** See {@link Cache#get(String)}. */
  CompletableFuture<@Nullable V> get(String key);

  /**
   * See {@link Cache#get(String, Loader)}.
   *
   * @param loader called where callbacks run; its future may not fail to complete
   */
  CompletableFuture<@Nullable V> get(
      String key, Function<String, ? extends CompletableFuture<? extends @Nullable V>> loader);

  /** See {@link Cache#getAll(Collection)}. */
  CompletableFuture<Map<String, V>> getAll(Collection<String> keys);

  /** See {@link Cache#getVersioned}. */
  CompletableFuture<@Nullable Versioned<V>> getVersioned(String key);

  /** See {@link Cache#set(String, Object)}. */
  CompletableFuture<@Nullable Void> set(String key, V value);

  /** See {@link Cache#set(String, Object, Ttl)}. */
  CompletableFuture<@Nullable Void> set(String key, V value, Ttl ttl);

  /** See {@link Cache#set(String, Object, Ttl, Collection)}. */
  CompletableFuture<@Nullable Void> set(String key, V value, Ttl ttl, Collection<String> tags);

  /** See {@link Cache#setAll(Map)}. */
  CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values);

  /** See {@link Cache#setAll(Map, Ttl)}. */
  CompletableFuture<@Nullable Void> setAll(Map<String, ? extends V> values, Ttl ttl);

  /** See {@link Cache#setIfAbsent(String, Object)}. */
  CompletableFuture<Boolean> setIfAbsent(String key, V value);

  /** See {@link Cache#setIfAbsent(String, Object, Ttl)}. */
  CompletableFuture<Boolean> setIfAbsent(String key, V value, Ttl ttl);

  /** See {@link Cache#replace(String, long, Object)}. */
  CompletableFuture<Boolean> replace(String key, long version, V value);

  /** See {@link Cache#replace(String, long, Object, Ttl)}. */
  CompletableFuture<Boolean> replace(String key, long version, V value, Ttl ttl);

  /** See {@link Cache#add}. */
  CompletableFuture<Long> add(String key, long by, long initial, Ttl ttl);

  /** See {@link Cache#touch}. */
  CompletableFuture<Boolean> touch(String key, Ttl ttl);

  /** See {@link Cache#ttl}. */
  CompletableFuture<@Nullable Ttl> ttl(String key);

  /** See {@link Cache#delete(String)}. */
  CompletableFuture<Boolean> delete(String key);

  /** See {@link Cache#invalidate}. */
  CompletableFuture<Boolean> invalidate(String key, Duration staleFor);

  /** See {@link Cache#delete(String, long)}. */
  CompletableFuture<Boolean> delete(String key, long version);

  /** See {@link Cache#deleteAll}. */
  CompletableFuture<Long> deleteAll(Collection<String> keys);

  /** See {@link Cache#invalidateTag}. */
  CompletableFuture<@Nullable Void> invalidateTag(String tag);
}
