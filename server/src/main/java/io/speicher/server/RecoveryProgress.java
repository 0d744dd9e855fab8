package io.speicher.server;

import io.speicher.protocol.Quantities;
import io.speicher.store.RecoveryListener;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how far the recovery of a store is: as a bar on a terminal, and else in a line of the log
 * every few seconds. One thread at a time tells it.
 */
final class RecoveryProgress implements RecoveryListener {
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int BAR_CHARACTERS = 30;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Path directory;
  private final Consumer<String> lines;

  /** Where the bar is drawn, if anybody sees it. */
  private final @Nullable PrintStream terminal;

  private final LongSupplier nanoTime;
  private boolean isBegun;
  private long nextLineNanos;

  /**
   * @param lines takes lines of the log
   * @param terminal null if there is none
   */
  RecoveryProgress(Path directory, Consumer<String> lines, @Nullable PrintStream terminal) {
    this(directory, lines, terminal, System::nanoTime);
  }

  RecoveryProgress(
      Path directory,
      Consumer<String> lines,
      @Nullable PrintStream terminal,
      LongSupplier nanoTime) {
    this.directory = directory;
    this.lines = lines;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  @Override
  public void recovered(long doneBytes, long allBytes, long itemCount) {
    long now = nanoTime.getAsLong();
    if (!isBegun) {
      isBegun = true;
      nextLineNanos = now + LINE_NANOS;
      lines.accept("recovering %s after a power failure".formatted(directory));
    }
    int percent = (int) (100 * doneBytes / Math.max(1, allBytes));
    if (terminal != null) {
      terminal.print(CLEAR_LINE + (doneBytes >= allBytes ? "" : bar(percent, allBytes, itemCount)));
      terminal.flush();
    } else if (now - nextLineNanos >= 0) {
      nextLineNanos = now + LINE_NANOS;
      lines.accept("recovering: percent=%d items=%d".formatted(percent, itemCount));
    }
  }

  private static String bar(int percent, long allBytes, long itemCount) {
    int full = BAR_CHARACTERS * percent / 100;
    return "recovering [%s%s] %d %% of %s, %,d items"
        .formatted(
            "#".repeat(full),
            ".".repeat(BAR_CHARACTERS - full),
            percent,
            Quantities.ofBytes(allBytes),
            itemCount);
  }
}
