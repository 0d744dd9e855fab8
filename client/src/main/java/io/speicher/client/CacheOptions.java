package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.protocol.Command;
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
  Duration staleFor = Duration.ZERO;
  double refreshEarly = 1;
  Duration negativeFor = Duration.ZERO;
  @Nullable NearCaching near;

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
   * How long one who loads a value has the task to itself, in the fleet: how long the others wait
   * for it before another one of them loads; five seconds unless told.
   *
   * @param lease from one millisecond to one hour
   */
  public CacheOptions lease(Duration lease) {
    SpeicherBuilder.requireTimeout("lease", lease);
    if (lease.toMillis() > Command.AskLease.MAX_LEASE_MILLIS) {
      throw new IllegalArgumentException("lease=" + lease + " (expected: PT0.001S..PT1H)");
    }
    this.lease = lease;
    return this;
  }

  /**
   * How long after its time to live a value may still be used, while one of those who ask with a
   * loader gets the next one in the background; not at all unless told. Until then all who read it
   * find it, whether or not they have a loader, and {@link Cache#ttl} counts that time as well.
   *
   * @param staleFor zero or more
   */
  public CacheOptions staleFor(Duration staleFor) {
    if (nonNull("staleFor", staleFor).isNegative()) {
      throw new IllegalArgumentException("staleFor=" + staleFor + " (expected: zero or more)");
    }
    this.staleFor = staleFor;
    return this;
  }

  /**
   * How long this program remembers that a loader had no value, and does not run it again for that
   * key; not at all unless told. A value that anybody stores meanwhile is found at once: the server
   * is still asked. What is set, deleted or cleared through this cache is forgotten earlier, and so
   * is what goes beyond 10,000 keys.
   *
   * @param negativeFor zero or more; a few seconds keep a missing row from being looked up by each
   *     request
   */
  public CacheOptions negativeFor(Duration negativeFor) {
    if (nonNull("negativeFor", negativeFor).isNegative()) {
      throw new IllegalArgumentException(
          "negativeFor=" + negativeFor + " (expected: zero or more)");
    }
    this.negativeFor = negativeFor;
    return this;
  }

  /**
   * Keeps values in the memory of this program, too, where the server tells it when they change;
   * not unless told. The module {@code near} has what is given here: {@code
   * Near.entries(10_000).maxAge(Duration.ofSeconds(30))}.
   *
   * <p>Once a call through such a cache has its answer, no later one finds what was replaced before
   * the first was sent, if both keys belong to one connection, as all do unless {@link
   * SpeicherBuilder#connections} says otherwise. Near caches have connections of their own. When
   * one is lost, they are emptied. An older server does not tell of changes: there, a value is kept
   * as long as the near cache allows.
   */
  public CacheOptions near(NearCaching near) {
    this.near = nonNull("near", near);
    return this;
  }

  /**
   * After which part of its time to live a value is loaded again, in the background, by one of
   * those who ask for it with a loader; the others go on with the one there is. Not before its end
   * unless told.
   *
   * @param part more than 0, and 1 at the most: 0.8 of ten minutes is after eight minutes
   */
  public CacheOptions refreshEarly(double part) {
    if (!(part > 0 && part <= 1)) {
      throw new IllegalArgumentException(
          "refreshEarly=" + part + " (expected: more than 0, 1 at the most)");
    }
    refreshEarly = part;
    return this;
  }
}
