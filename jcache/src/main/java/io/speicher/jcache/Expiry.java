package io.speicher.jcache;

import io.speicher.client.Ttl;
import java.util.concurrent.TimeUnit;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.jspecify.annotations.Nullable;

/** Asks an expiry policy, whose mistakes are no reason to fail. */
final class Expiry {
  /** More than this is for ever: 100,000 years. */
  private static final long MAX_MILLIS = TimeUnit.DAYS.toMillis(36_500_000);

  private final ExpiryPolicy policy;

  Expiry(ExpiryPolicy policy) {
    this.policy = policy;
  }

  ExpiryPolicy policy() {
    return policy;
  }

  Duration ofCreation() {
    try {
      Duration duration = policy.getExpiryForCreation();
      return duration == null ? Duration.ETERNAL : duration;
    } catch (RuntimeException e) {
      return Duration.ETERNAL; // What JCache leaves to the implementation.
    }
  }

  /** Null leaves it as it is. */
  @Nullable Duration ofUpdate() {
    try {
      return policy.getExpiryForUpdate();
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** Null leaves it as it is. */
  @Nullable Duration ofAccess() {
    try {
      return policy.getExpiryForAccess();
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** Whether reading changes nothing. */
  boolean isIndifferentToAccess() {
    return policy instanceof EternalExpiryPolicy
        || policy instanceof CreatedExpiryPolicy
        || policy instanceof ModifiedExpiryPolicy;
  }

  /** Whether a new value and another value of an old entry live for the same time. */
  boolean isIndifferentToPresence() {
    return policy instanceof EternalExpiryPolicy
        || policy instanceof ModifiedExpiryPolicy
        || policy instanceof TouchedExpiryPolicy;
  }

  /** The same for the client; the duration must not be zero. */
  static Ttl ttl(Duration duration) {
    if (duration.isEternal()) {
      return Ttl.forever();
    }
    long millis = duration.getTimeUnit().toMillis(duration.getDurationAmount());
    return millis > MAX_MILLIS ? Ttl.forever() : Ttl.of(java.time.Duration.ofMillis(millis));
  }
}
