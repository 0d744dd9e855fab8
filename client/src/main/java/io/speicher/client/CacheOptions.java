package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one cache does differently. A view of it is given to a function of {@link
 * Speicher#cache(String, Codec, java.util.function.Consumer)}; afterwards it changes nothing any
 * more.
 */
public final class CacheOptions {
  Ttl ttl = Ttl.forever();
  @Nullable Duration timeout;
  OnFailure onFailure = OnFailure.THROW;
  Duration lease = Duration.ofSeconds(5);

  CacheOptions() {}

  /** How long what is stored without a time to live of its own lives; forever unless told. */
  public CacheOptions ttl(Ttl ttl) {
    this.ttl = nonNull("ttl", ttl);
    return this;
  }

  /** Like {@link #ttl(Ttl)}. */
  public CacheOptions ttl(Duration ttl) {
    return ttl(Ttl.of(ttl));
  }

  /**
   * How long one call may take, from the call to the result; that of the client unless told.
   *
   * @param timeout from one millisecond to one day
   */
  public CacheOptions timeout(Duration timeout) {
    SpeicherBuilder.requireTimeout("timeout", timeout);
    this.timeout = timeout;
    return this;
  }

  /** What becomes of failures of the server, the network and the codec; thrown unless told. */
  public CacheOptions onFailure(OnFailure onFailure) {
    this.onFailure = nonNull("onFailure", onFailure);
    return this;
  }

  /**
   * How long others wait for one who loads a value, before another one of them loads it; five
   * seconds unless told.
   *
   * @param lease from one millisecond to one day
   */
  public CacheOptions lease(Duration lease) {
    SpeicherBuilder.requireTimeout("lease", lease);
    this.lease = lease;
    return this;
  }
}
