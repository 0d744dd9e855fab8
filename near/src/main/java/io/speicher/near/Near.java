package io.speicher.near;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.speicher.client.Cache;
import java.time.Duration;

/**
 * Puts a near cache in front of a cache.
 *
 * <pre>{@code
 * Cache<User> users = Near.entries(10_000).maxAge(Duration.ofSeconds(30))
 *     .of(speicher.cache("users", codec));
 * }</pre>
 *
 * <p>A read that finds a value in the near cache asks no server. What this program writes through
 * the near cache is seen by its next read; what other programs, or other caches of this program,
 * write is seen after {@link #maxAge} at the latest.
 *
 * <p><b>Values are shared</b> by all who read them: they must not be changed.
 *
 * <p>Immutable; any thread may use it.
 */
public final class Near {
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

  /** A near cache of its own in front of {@code cache}. */
  public <V> Cache<V> of(Cache<V> cache) {
    return new NearCache<>(requireNonNull(cache, "cache"), entries, maxAge, ticker);
  }
}
