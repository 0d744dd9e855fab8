package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.protocol.Limits;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long an item may live, from when it is stored. What is stored together expires together, and
 * is then loaded together: {@link #jitter} spreads it.
 */
public final class Ttl {
  private static final Ttl FOREVER = new Ttl(0, 0);
  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration MAX = Duration.ofMillis(Limits.MAX_TTL_MILLIS);

  /** Zero stands for no end. */
  private final long millis;

  private final double jitter;

  private Ttl(long millis, double jitter) {
    this.millis = millis;
    this.jitter = jitter;
  }

  /**
   * A time to live.
   *
   * @param duration from one millisecond to 285,000 years; what is not a whole millisecond is cut
   *     off
   */
  public static Ttl of(Duration duration) {
    nonNull("ttl", duration);
    if (duration.compareTo(MIN) < 0 || duration.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          "ttl=" + duration + " (expected: 1 ms.." + Limits.MAX_TTL_MILLIS + " ms)");
    }
    return new Ttl(duration.toMillis(), 0);
  }

  /** Until the item is deleted or room is needed. */
  public static Ttl forever() {
    return FOREVER;
  }

  /**
   * The same, made shorter for each item by a random part of up to this share.
   *
   * @param share from 0 to 1: 0.1 of ten minutes is nine to ten minutes
   */
  public Ttl jitter(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("jitter=" + share + " (expected: 0..1)");
    }
    return new Ttl(millis, share);
  }

  /** Whether it has no end. */
  public boolean isForever() {
    return millis == 0;
  }

  /**
   * How long it is, without its jitter.
   *
   * @throws IllegalStateException if it has no end
   */
  public Duration duration() {
    if (isForever()) {
      throw new IllegalStateException("a time to live without an end has no duration");
    }
    return Duration.ofMillis(millis);
  }

  /** For one item, at least 1. */
  long nextMillis() {
    if (jitter == 0) {
      return millis;
    }
    double part = ThreadLocalRandom.current().nextDouble(jitter);
    return Math.max(1, millis - (long) (part * millis));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ttl ttl && ttl.millis == millis && ttl.jitter == jitter;
  }

  @Override
  public int hashCode() {
    return Objects.hash(millis, jitter);
  }

  @Override
  public String toString() {
    return isForever()
        ? "forever"
        : Duration.ofMillis(millis) + (jitter == 0 ? "" : " - " + jitter);
  }
}
