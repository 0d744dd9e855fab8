package io.speicher.tck;

import java.io.PrintWriter;
import java.time.Duration;

/** One line on a terminal that says how far a long run has come, and is taken away again. */
final class Progress {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final PrintWriter err;
  private final boolean wanted;
  private final Deadline patience = Deadline.in(PATIENCE);
  private boolean shown;

  Progress(PrintWriter err, boolean wanted) {
    this.err = err;
    this.wanted = wanted;
  }

  /** Shows that a case begins, if the run takes longer than two seconds by now. */
  void begin(int index, int total, Case testCase) {
    if (wanted && patience.passed()) {
      err.print("%d of %d  %s".formatted(index + 1, total, testCase.fullName()));
      err.flush();
      shown = true;
    }
  }

  /** Takes the line away, so that a result can be written in its place. */
  void clear() {
    if (shown) {
      err.print("\r\u001b[K");
      err.flush();
      shown = false;
    }
  }
}
