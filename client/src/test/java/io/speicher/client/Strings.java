package io.speicher.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** All items of a server as strings, with names that are short enough for tests. */
final class Strings implements AutoCloseable {
  final Speicher speicher;
  final Cache<String> cache;

  Strings(SpeicherBuilder builder) {
    this(builder.build());
  }

  Strings(Speicher speicher) {
    this(speicher, speicher.cache("", Codec.string()));
  }

  private Strings(Speicher speicher, Cache<String> cache) {
    this.speicher = speicher;
    this.cache = cache;
  }

  /** The same client, with another timeout for every call. */
  Strings withTimeout(Duration timeout) {
    return new Strings(speicher, speicher.cache("", Codec.string(), o -> o.timeout(timeout)));
  }

  /** The same items as values of another type. */
  <V> Cache<V> with(Codec<V> codec) {
    return speicher.cache("", codec);
  }

  boolean set(String key, String value) {
    cache.set(key, value);
    return true;
  }

  void set(String key, String value, Duration ttl) {
    cache.set(key, value, Ttl.of(ttl));
  }

  @Nullable String get(String key) {
    return cache.get(key);
  }

  boolean delete(String key) {
    return cache.delete(key);
  }

  void clear() {
    cache.clear();
  }

  void ping() {
    speicher.ping();
  }

  CompletableFuture<Boolean> setAsync(String key, String value) {
    return cache.async().set(key, value).thenApply(done -> true);
  }

  CompletableFuture<@Nullable String> getAsync(String key) {
    return cache.async().get(key);
  }

  CompletableFuture<Boolean> deleteAsync(String key) {
    return cache.async().delete(key);
  }

  @Override
  public void close() {
    speicher.close();
  }
}
