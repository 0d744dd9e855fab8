package io.speicher.bench;

import java.util.concurrent.TimeUnit;

/** Says on a terminal's standard error how far a program is; elsewhere it says nothing. */
public final class Progress {
  private static final boolean SHOWN = Boolean.getBoolean("speicher.progress");
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final String what;
  private final long total;
  private long lastNanos = System.nanoTime();

  public Progress(String what, long total) {
    this.what = what;
    this.total = total;
  }

  /** May be called often, though not for every single operation. */
  public void show(long done) {
    long now = System.nanoTime();
    if (SHOWN && now - lastNanos > EVERY_NANOS) {
      lastNanos = now;
      System.err.printf("\r\033[K%s: %,d of %,d", what, done, total);
    }
  }

  /** Clears the line. */
  public void end() {
    if (SHOWN) {
      System.err.print("\r\033[K");
    }
  }
}
