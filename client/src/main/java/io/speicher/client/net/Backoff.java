package io.speicher.client.net;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: 10 ms at first, twice as long each time, up
 * to a ceiling; and of that a random part between a half and all, so that the clients of a server
 * that has come back do not all arrive in the same millisecond.
 *
 * <p>A server that refuses connections is likely to be starting, and asking it is cheap, so that
 * the ceiling is low. One that takes connections and ends them again is overloaded, and is given
 * more time.
 */
final class Backoff {
  static final int FIRST_MILLIS = 10;
  static final int MAX_REFUSED_MILLIS = 80;
  static final int MAX_LOST_MILLIS = 1_000;

  private final RandomGenerator random;
  private int ceilingMillis = FIRST_MILLIS;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The next wait.
   *
   * @param wasConnected whether there was a connection, which has ended
   */
  int nextMillis(boolean wasConnected) {
    int millis = random.nextInt(ceilingMillis / 2, ceilingMillis + 1);
    int maxMillis = wasConnected ? MAX_LOST_MILLIS : MAX_REFUSED_MILLIS;
    ceilingMillis = Math.min(2 * ceilingMillis, maxMillis);
    return millis;
  }

  /** Starts again at the first wait. */
  void reset() {
    ceilingMillis = FIRST_MILLIS;
  }
}
