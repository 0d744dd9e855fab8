package io.speicher.bench.traces;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Says how far a long task is, in one line of a terminal, from its third second on. */
final class Progress {
  static final Progress NONE = new Progress(System.err, false);

  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long NEXT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final String CLEAR_LINE = "\r\u001B[K";

  private final PrintStream out;
  private final boolean enabled;
  private long dueNanos = System.nanoTime() + FIRST_NANOS;
  private int callCount;
  private boolean shown;

  Progress(PrintStream out, boolean enabled) {
    this.out = out;
    this.enabled = enabled;
  }

  /**
   * May be called for every step, however short.
   *
   * @param total how much there is to do, or 0 if nobody knows
   */
  void show(String what, long done, long total) {
    // The clock costs as much as a request.
    if (!enabled || (++callCount & 0xFFF) != 0 || System.nanoTime() - dueNanos < 0) {
      return;
    }
    dueNanos = System.nanoTime() + NEXT_NANOS;
    shown = true;
    String of = total == 0 ? "" : " of %,d (%d %%)".formatted(total, done * 100 / total);
    out.printf("%s%s %,d%s", CLEAR_LINE, what, done, of);
    out.flush();
  }

  /** Leaves no trace of it. */
  void clear() {
    if (shown) {
      out.print(CLEAR_LINE);
      out.flush();
    }
  }
}
