package io.speicher.near;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.speicher.client.ChangeListener;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values that are near, and those that are on their way.
 *
 * <p>A value that is asked for stands in the map as a future before the server is asked. Whoever
 * writes removes that future, and so does the server when it tells of a change: it still brings its
 * value to those who wait, but is not found any more, so that a value that was read before a write
 * is never found after it.
 */
final class NearValues<V> implements ChangeListener {
  private final AsyncCache<String, V> values;
  private final LongAdder hits = new LongAdder();

  NearValues(long entries, Duration maxAge, Ticker ticker) {
    values =
        Caffeine.newBuilder()
            .maximumSize(entries)
            .expireAfterWrite(maxAge)
            .ticker(ticker)
            .executor(Runnable::run)
            .buildAsync();
  }

  long hits() {
    return hits.sum();
  }

  /** The value, if it is near. */
  @Nullable V present(String key) {
    CompletableFuture<V> future = values.getIfPresent(key);
    V value = future == null ? null : future.getNow(null);
    if (value != null) {
      hits.increment();
    }
    return value;
  }

  /** The value, if it is near or on its way, else what {@code far} brings; null is not kept. */
  @Nullable V get(String key, Supplier<@Nullable V> far) {
    V near = present(key);
    if (near != null) {
      return near;
    }
    CompletableFuture<V> own = new CompletableFuture<>();
    CompletableFuture<V> other = values.asMap().putIfAbsent(key, own);
    if (other != null) {
      V value = other.join();
      return value == null ? far.get() : value; // Another one's miss may have been a failure.
    }
    V value = null;
    try {
      value = far.get();
      return value;
    } finally {
      complete(own, value); // Not with a failure, which Caffeine would log.
    }
  }

  @SuppressWarnings("NullAway") // Caffeine forgets a future of null.
  private static <V> void complete(CompletableFuture<V> future, @Nullable V value) {
    boolean unused = future.complete(value);
  }

  /** Remembers values that were read after they were known to be on their way. */
  Map<String, CompletableFuture<V>> begin(Collection<String> keys) {
    Map<String, CompletableFuture<V>> own = new HashMap<>();
    for (String key : keys) {
      CompletableFuture<V> future = new CompletableFuture<>();
      if (values.asMap().putIfAbsent(key, future) == null) {
        own.put(key, future);
      }
    }
    return own;
  }

  /** Ends what {@link #begin} has begun. */
  void end(Map<String, CompletableFuture<V>> own, Map<String, V> found) {
    own.forEach((key, future) -> complete(future, found.get(key)));
  }

  void forget(String key) {
    CompletableFuture<V> unused = values.asMap().remove(key);
  }

  void forget(Collection<String> keys) {
    keys.forEach(this::forget);
  }

  @Override
  public void changed(String key) {
    forget(key);
  }

  @Override
  public void allChanged() {
    forgetAll();
  }

  void forgetAll() {
    values.synchronous().invalidateAll();
  }
}
