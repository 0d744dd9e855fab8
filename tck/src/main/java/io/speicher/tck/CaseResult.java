package io.speicher.tck;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a case: it passed when there is no failure. */
record CaseResult(Case testCase, Duration time, @Nullable Failure failure) {

  /**
   * What went wrong.
   *
   * @param message one line
   * @param expected what should have come
   * @param exchanges the last bytes that went over the wire, older first
   * @param exchangesForgotten how many exchanges were before those
   */
  record Failure(
      String message, String expected, List<Exchange> exchanges, int exchangesForgotten) {
    Failure {
      exchanges = List.copyOf(exchanges);
    }
  }

  boolean passed() {
    return failure == null;
  }
}
