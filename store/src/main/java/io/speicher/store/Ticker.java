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
    return systemFrom(Long.MIN_VALUE);
  }

  /** The same, but if the machine's clock is behind {@code earliestMillis}, it begins with that. */
  static Ticker systemFrom(long earliestMillis) {
    long startMillis = Math.max(System.currentTimeMillis(), earliestMillis);
    long startNanos = System.nanoTime();
    return () -> startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
