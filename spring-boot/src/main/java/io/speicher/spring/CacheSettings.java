package io.speicher.spring;

import io.speicher.client.OnFailure;
import io.speicher.client.Ttl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a cache of a {@link SpeicherCacheManager} does differently.
 *
 * @param ttl how long what is put lives
 * @param timeout of each call; null for the client's
 * @param onFailure what becomes of reads and puts whose server is away
 * @param allowsNull whether null is a value that can be cached
 */
public record CacheSettings(
    Ttl ttl, @Nullable Duration timeout, OnFailure onFailure, boolean allowsNull) {
  /** Until room is needed; failures are thrown; null can be cached. */
  public static final CacheSettings DEFAULT =
      new CacheSettings(Ttl.forever(), null, OnFailure.THROW, true);

  public CacheSettings withTtl(Ttl newTtl) {
    return new CacheSettings(newTtl, timeout, onFailure, allowsNull);
  }

  public CacheSettings withTimeout(@Nullable Duration newTimeout) {
    return new CacheSettings(ttl, newTimeout, onFailure, allowsNull);
  }

  public CacheSettings withOnFailure(OnFailure newOnFailure) {
    return new CacheSettings(ttl, timeout, newOnFailure, allowsNull);
  }

  public CacheSettings withAllowsNull(boolean newAllowsNull) {
    return new CacheSettings(ttl, timeout, onFailure, newAllowsNull);
  }
}
