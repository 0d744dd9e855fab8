package io.speicher.client;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: 10 ms at first, twice as long each time, one
 * second at most; and of that a random part between a half and all, so that the clients of a server
 * that has come back do not all arrive in the same millisecond.
 */
final class Backoff {
  static final int FIRST_MILLIS = 10;
  static final int MAX_MILLIS = 1_000;

  private final RandomGenerator random;
  private int ceilingMillis = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  int nextMillis() {
    int millis = random.nextInt(ceilingMillis / 2, ceilingMillis + 1);
    ceilingMillis = Math.min(2 * ceilingMillis, MAX_MILLIS);
    return millis;
  }

  /** Starts again at the first wait. */
  void reset() {
    ceilingMillis = FIRST_MILLIS;
  }
}
