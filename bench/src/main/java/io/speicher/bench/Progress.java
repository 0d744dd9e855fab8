package io.speicher.bench;

import java.util.concurrent.TimeUnit;

/**
 * Says on a terminal's standard error how far something long is, in one line, from its third second
 * on. Elsewhere it says nothing.
 */
public final class Progress {
  private static final boolean SHOWN = Boolean.getBoolean("speicher.progress");
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long NEXT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final String CLEAR_LINE = "\r\u001B[K";

  private final String what;
  private final long total;
  private long dueNanos = System.nanoTime() + FIRST_NANOS;

  /**
   * Begins.
   *
   * @param total how much there is to do, or 0 if nobody knows
   */
  public Progress(String what, long total) {
    this.what = what;
    this.total = total;
  }

  /** May be called often, though not for every single operation. */
  public void show(long done) {
    if (SHOWN && System.nanoTime() - dueNanos >= 0) {
      dueNanos = System.nanoTime() + NEXT_NANOS;
      String of = total == 0 ? "" : " of %,d (%d %%)".formatted(total, done * 100 / total);
      line("%s: %,d%s".formatted(what, done, of));
    }
  }

  /** Leaves no trace of it. */
  public void end() {
    line("");
  }

  /** Shows this instead of what was shown last. */
  public static void line(String text) {
    if (SHOWN) {
      System.err.print(CLEAR_LINE + text);
    }
  }
}
