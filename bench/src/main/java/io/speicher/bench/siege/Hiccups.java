package io.speicher.bench.siege;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures how late a thread of this process wakes up that has nothing else to do: that much of any
 * latency is the machine's and this program's, and not the server's. After Gil Tene's jHiccup.
 */
final class Hiccups {
  private static final long GAP_NANOS = 5_000_000;

  private final Histogram histogram = new Histogram(3);
  private final Thread thread = Thread.ofPlatform().name("hiccups").unstarted(this::run);
  private volatile boolean isStopping;

  static Hiccups start() {
    Hiccups hiccups = new Hiccups();
    hiccups.thread.start();
    return hiccups;
  }

  private void run() {
    while (!isStopping) {
      long dueNanos = System.nanoTime() + GAP_NANOS;
      LockSupport.parkNanos(GAP_NANOS);
      histogram.recordValue(Math.max(0, System.nanoTime() - dueNanos));
    }
  }

  /** The lateness that so many percent of the times did not exceed; after {@link #stop}. */
  double millisAt(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }

  /** Ends the measurement. */
  void stop() throws InterruptedException {
    isStopping = true;
    thread.join();
  }
}
