package io.speicher.store;

import java.util.concurrent.TimeUnit;

/** A source of time that never goes back. Any thread may ask it. */
@FunctionalInterface
public interface Ticker {
  /** Milliseconds since 1970. */
  long millis();

  /**
   * The time of this machine when the ticker is made, and from then on the time that has really
   * passed: setting the machine's clock neither expires items nor keeps them.
   */
  static Ticker system() {
    long startMillis = System.currentTimeMillis();
    long startNanos = System.nanoTime();
    return () -> startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
