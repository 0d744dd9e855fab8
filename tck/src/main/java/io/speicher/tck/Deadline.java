package io.speicher.tck;

import java.time.Duration;

/** A moment by which something has to have happened. */
record Deadline(long nanoTime, Duration allowed) {

  static Deadline in(Duration allowed) {
    return new Deadline(System.nanoTime() + allowed.toNanos(), allowed);
  }

  boolean passed() {
    return System.nanoTime() - nanoTime >= 0;
  }

  /** The milliseconds that are left, rounded up; 0 when the moment has passed. */
  long remainingMillis() {
    long nanos = nanoTime - System.nanoTime();
    return nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000;
  }
}
