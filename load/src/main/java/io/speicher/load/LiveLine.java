package io.speicher.load;

import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** One line on a terminal that says how the run goes on, and is taken away again. */
final class LiveLine implements RunListener {
  private final PrintWriter err;
  private final boolean wanted;
  private Phase phase;

  LiveLine(PrintWriter err, boolean wanted, Settings settings) {
    this.err = err;
    this.wanted = wanted;
    phase = Phase.measurement(settings);
  }

  @Override
  public void phaseBegins(Phase newPhase) {
    phase = newPhase;
  }

  @Override
  public void secondEnds(
      double elapsedSeconds, double width, Histogram latencies, Recording soFar) {
    if (!wanted) {
      return;
    }
    show(
        String.format(
            Locale.ROOT,
            "%s%3.0f %%  %.0f s  %,.0f operations/s  p50 %s  p99 %s  p99.9 %s  errors %,d",
            phase.title().isEmpty() ? "" : phase.title() + " ",
            100 * progress(elapsedSeconds, soFar),
            elapsedSeconds,
            latencies.getTotalCount() / width,
            latency(latencies, 50),
            latency(latencies, 99),
            latency(latencies, 99.9),
            soFar.counted().errors()));
  }

  private double progress(double elapsedSeconds, Recording soFar) {
    double share =
        phase.requests() > 0
            ? (double) soFar.operations() / phase.requests()
            : elapsedSeconds * 1e9 / phase.duration().toNanos();
    return Math.min(1, share);
  }

  private static String latency(Histogram latencies, double percentile) {
    double micros = Recording.micros(latencies, percentile);
    return micros < 1_000
        ? String.format(Locale.ROOT, "%.0f µs", micros)
        : String.format(Locale.ROOT, "%.1f ms", micros / 1_000);
  }

  @Override
  public void phaseEnds() {
    if (wanted) {
      show("");
    }
  }

  private void show(String line) {
    err.print("\r\u001b[K" + line);
    err.flush();
  }
}
