package io.speicher.client;

import io.speicher.client.backend.HeapBackend;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Speicher server.
 *
 * <pre>{@code
 * try (Speicher speicher = Speicher.connect("localhost", 14567)) {
 *   speicher.set("foo", "bar");      // true
 *   speicher.get("foo");             // "bar", or null when there is none
 *   speicher.delete("foo");          // true: there was one
 * }
 * }</pre>
 *
 * <p>Strings under keys are all that some programs need. Others have a {@link Cache} for each kind
 * of values:
 *
 * <pre>{@code
 * Cache<User> users = speicher.cache("users", codec, o -> o.ttl(Duration.ofMinutes(10)));
 * User ada = users.get("ada", database::loadUser);
 * }</pre>
 *
 * <p>One client serves a whole program: it is safe for all threads, and has a connection, or a few,
 * and a thread of its own for each. When it loses a connection it makes a new one by itself, trying
 * after 10 ms at first, then every 40 ms for ten seconds, and every 320 ms at last. Commands that
 * were sent on the lost one fail, since nobody knows whether they were executed. While there is no
 * connection, calls fail at once.
 */
public interface Speicher extends AutoCloseable {
  /**
   * Connects with the defaults of {@link SpeicherBuilder}.
   *
   * @throws io.speicher.client.exception.ConnectFailedException if that fails
   */
  static Speicher connect(String host, int port) {
    return builder().host(host).port(port).build();
  }

  /**
   * Connects with the defaults of {@link SpeicherBuilder}.
   *
   * @param url {@code speicher://host:port}, {@code speicher://host:port,host:port} for several
   *     nodes of a cluster, or one of the other forms of {@link SpeicherBuilder#url}
   * @throws io.speicher.client.exception.ConnectFailedException if that fails
   */
  static Speicher connect(String url) {
    return builder().url(url).build();
  }

  /** Starts with the defaults, for {@code localhost}. */
  static SpeicherBuilder builder() {
    return new SpeicherBuilder();
  }

  /** A client without a server, whose items are in a map of its own: for unit tests. */
  static Speicher inMemory() {
    return inMemory(InstantSource.system());
  }

  /**
   * The same, where the test says what time it is.
   *
   * @param clock what time to live is measured by
   */
  static Speicher inMemory(InstantSource clock) {
    return new BackendSpeicher(new HeapBackend(clock));
  }

  // ---- strings ----

  /**
   * Stores the value, in place of any value there is, until it is deleted or room is needed.
   *
   * @return true, always: what goes wrong is an exception
   */
  boolean set(String key, String value);

  /** The value under the key, or null if there is none. */
  @Nullable String get(String key);

  /**
   * Deletes the value under the key.
   *
   * @return whether there was one
   */
  boolean delete(String key);

  // ---- caches ----

  /** A cache with the defaults of {@link CacheOptions}. */
  default <V> Cache<V> cache(String name, Codec<V> codec) {
    return cache(name, codec, options -> {});
  }

  /**
   * A cache. Two of the same name see the same items.
   *
   * @param name all keys begin with it and a colon; if it is empty, the cache has all items of the
   *     client's namespace
   */
  <V> Cache<V> cache(String name, Codec<V> codec, Consumer<CacheOptions> options);

  /**
   * Waits for a sign of life.
   *
   * @throws io.speicher.client.exception.RefusedException if the server offers no more than the
   *     core of the protocol, which has no such command: it is alive, too
   */
  void ping();

  /**
   * Closes the connections. Commands without a reply fail with {@link
   * io.speicher.client.exception.ClosedException}, and so does every later call, on caches too.
   * Returns when that is done, within a second for each connection; when it was done already, at
   * once.
   */
  @Override
  void close();
}
