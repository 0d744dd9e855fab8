package io.speicher.client.net;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: 10 ms at first, twice as long each time, up
 * to a ceiling; and of that a random part between a half and all, so that the clients of a server
 * that has come back do not all arrive in the same millisecond.
 *
 * <p>A server that refuses connections is likely to be starting, and refusing costs its machine a
 * packet: for ten seconds it is tried every 40 ms, so that it is found soon after it listens, and
 * after that less and less often. One that takes connections and ends them again is overloaded, and
 * is given more time.
 */
final class Backoff {
  static final int FIRST_MILLIS = 10;
  static final int MAX_RESTARTING_MILLIS = 40;
  static final int RESTARTING_MILLIS = 10_000;
  static final int MAX_REFUSED_MILLIS = 320;
  static final int MAX_LOST_MILLIS = 1_000;

  /** Of one of several servers, in whose place others serve. */
  static final int MAX_OF_SEVERAL_MILLIS = 5_000;

  private final RandomGenerator random;
  private final int maxRefusedMillis;
  private int ceilingMillis = FIRST_MILLIS;

  /** What the waits take that were told since the first one. */
  private int waitedMillis;

  Backoff(RandomGenerator random) {
    this(random, MAX_REFUSED_MILLIS);
  }

  private Backoff(RandomGenerator random, int maxRefusedMillis) {
    this.random = random;
    this.maxRefusedMillis = maxRefusedMillis;
  }

  /** For one of several servers: after the first ten seconds, nobody is in a hurry. */
  static Backoff forOneOfSeveral(RandomGenerator random) {
    return new Backoff(random, MAX_OF_SEVERAL_MILLIS);
  }

  /**
   * The next wait.
   *
   * @param wasConnected whether there was a connection, which has ended
   */
  int nextMillis(boolean wasConnected) {
    int ceiling = Math.min(ceilingMillis, maxMillis(wasConnected));
    int millis = random.nextInt(ceiling / 2, ceiling + 1);
    ceilingMillis = 2 * ceiling;
    waitedMillis = Math.min(waitedMillis + millis, RESTARTING_MILLIS);
    return millis;
  }

  private int maxMillis(boolean wasConnected) {
    if (wasConnected) {
      return MAX_LOST_MILLIS;
    }
    return waitedMillis < RESTARTING_MILLIS ? MAX_RESTARTING_MILLIS : maxRefusedMillis;
  }

  /** Starts again at the first wait. */
  void reset() {
    ceilingMillis = FIRST_MILLIS;
    waitedMillis = 0;
  }
}
