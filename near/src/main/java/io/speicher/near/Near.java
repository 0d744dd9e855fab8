package io.speicher.near;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.speicher.client.Cache;
import io.speicher.client.Changes;
import io.speicher.client.NearCaching;
import java.time.Duration;

/**
 * Keeps values of a cache in the memory of the program.
 *
 * <pre>{@code
 * Cache<User> users = speicher.cache("users", codec,
 *     o -> o.near(Near.entries(10_000).maxAge(Duration.ofSeconds(30))));
 * }</pre>
 *
 * <p>A read that finds a value in the near cache asks no server. The server tells the near cache
 * when a value changes, whoever changes it, and {@link #maxAge} bounds its age anyway: {@link
 * io.speicher.client.CacheOptions#near} says what is promised. A near cache in front of another
 * sort of cache ({@link #of(Cache)}) is told nothing.
 *
 * <p><b>Values are shared</b> by all who read them: they must not be changed.
 *
 * <p>Immutable; any thread may use it.
 */
public final class Near implements NearCaching {
  /** How old a value may get unless told otherwise. */
  private static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(30);

  private final long entries;
  private final Duration maxAge;
  private final Ticker ticker;

  private Near(long entries, Duration maxAge, Ticker ticker) {
    this.entries = entries;
    this.maxAge = maxAge;
    this.ticker = ticker;
  }

  /**
   * So many values at the most, each for up to 30 seconds.
   *
   * @param entries at least 1
   */
  public static Near entries(long entries) {
    if (entries < 1) {
      throw new IllegalArgumentException("entries=" + entries + " (expected: at least 1)");
    }
    return new Near(entries, DEFAULT_MAX_AGE, Ticker.systemTicker());
  }

  /**
   * The same with another age: how long a value may be read here after it was read from the server.
   *
   * @param maxAge longer than zero
   */
  public Near maxAge(Duration maxAge) {
    if (requireNonNull(maxAge, "maxAge").isZero() || maxAge.isNegative()) {
      throw new IllegalArgumentException("maxAge=" + maxAge + " (expected: longer than zero)");
    }
    return new Near(entries, maxAge, ticker);
  }

  /** The same by another clock. */
  Near ticker(Ticker other) {
    return new Near(entries, maxAge, other);
  }

  /**
   * A near cache of its own in front of {@code cache}, which knows what is written through it, and
   * finds out after {@link #maxAge} what others write.
   */
  public <V> Cache<V> of(Cache<V> cache) {
    return of(cache, listener -> {});
  }

  @Override
  public <V> Cache<V> of(Cache<V> far, Changes changes) {
    NearValues<V> values = new NearValues<>(entries, maxAge, ticker);
    changes.listen(values);
    return new NearCache<>(requireNonNull(far, "far"), values);
  }
}
