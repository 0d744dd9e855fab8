package io.speicher.bench.compare;

import io.speicher.bench.Progress;
import java.time.Duration;

/**
 * Says on a terminal's standard error what is being measured and how long everything will still
 * take, in one line. Elsewhere it says nothing.
 */
final class RemainingTime {
  private final double expectedSeconds;
  private final long beginNanos = System.nanoTime();
  private double doneSeconds;

  /**
   * Begins.
   *
   * @param expected how long everything should take; what it does take corrects that
   */
  RemainingTime(Duration expected) {
    expectedSeconds = expected.toSeconds();
  }

  /** Says that {@code what} begins. */
  void begin(String what) {
    double elapsed = (System.nanoTime() - beginNanos) / 1e9;
    Progress.line(what + "; " + show(remaining(elapsed)) + " left");
  }

  /** Notes that something has ended that should have taken so long. */
  void end(double seconds) {
    doneSeconds += seconds;
  }

  /** Leaves no trace of it. */
  void clear() {
    Progress.line("");
  }

  /** Expected, at the pace that was seen so far. */
  Duration remaining(double elapsedSeconds) {
    double pace = doneSeconds == 0 ? 1 : elapsedSeconds / doneSeconds;
    double remaining = Math.max(0, expectedSeconds - doneSeconds) * pace;
    return Duration.ofSeconds(Math.round(remaining));
  }

  static String show(Duration duration) {
    if (duration.toMinutes() < 2) {
      return duration.toSeconds() + " s";
    }
    return duration.toHours() < 2
        ? duration.toMinutes() + " min"
        : "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
  }
}
