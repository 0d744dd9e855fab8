package io.speicher.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * Writes the latencies of each second of the measurement in the format of HdrHistogram's logs:
 * nanoseconds, and maxima in milliseconds.
 */
final class HistogramLog implements RunListener, AutoCloseable {
  private static final double NANOS_IN_MILLIS = 1_000_000.0;

  private final PrintStream file;
  private final HistogramLogWriter writer;
  private boolean isMeasuring;
  private double startSeconds;

  HistogramLog(Path file) throws IOException {
    this.file = new PrintStream(Files.newOutputStream(file), false);
    writer = new HistogramLogWriter(this.file);
  }

  @Override
  public void phaseBegins(Phase phase) {
    isMeasuring = phase.title().isEmpty();
    if (isMeasuring) {
      startSeconds = System.currentTimeMillis() / 1_000.0;
      writer.outputComment("[Logged by speicher bench]");
      writer.outputLogFormatVersion();
      writer.outputStartTime((long) (startSeconds * 1_000));
      writer.setBaseTime((long) (startSeconds * 1_000));
      writer.outputLegend();
    }
  }

  @Override
  public void secondEnds(
      double elapsedSeconds, double width, Histogram latencies, Recording soFar) {
    if (isMeasuring) {
      double end = startSeconds + elapsedSeconds;
      writer.outputIntervalHistogram(end - width, end, latencies, NANOS_IN_MILLIS);
    }
  }

  @Override
  public void phaseEnds() {}

  /** Whether all could be written. */
  boolean isComplete() {
    return !file.checkError();
  }

  @Override
  public void close() {
    file.close();
  }
}
