package io.speicher.bench.siege;

import io.speicher.bench.process.ProcessStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Samples the server's process, and takes the latencies of each second. One thread. */
final class Watch {
  /** How often memory is looked at: a peak may be short. */
  static final long SAMPLE_MILLIS = 50;

  private static final int SAMPLES_PER_SECOND = (int) (1_000 / SAMPLE_MILLIS);

  private final @Nullable ProcessStatistics server;
  private final Recorder latencies;
  private final List<Second> seconds = new ArrayList<>();
  private final Histogram all = new Histogram(3);
  private @Nullable Histogram interval;
  private int samples;
  private long secondResidentBytes;
  private int secondThreads;
  private int secondFiles;

  /** What was seen within a second: the highest of each figure. */
  record Second(
      long residentBytes,
      int threads,
      int openFiles,
      long requests,
      double p99Millis,
      double maxMillis) {}

  /** Watches the process of a server, or latencies alone if it is not known. */
  Watch(@Nullable ProcessStatistics server, Recorder latencies) {
    this.server = server;
    this.latencies = latencies;
  }

  /** Looks once; to be called every {@link #SAMPLE_MILLIS}. */
  void sample() throws IOException {
    if (server != null) {
      secondResidentBytes = Math.max(secondResidentBytes, server.residentBytes());
    }
    if (++samples % SAMPLES_PER_SECOND == 0) {
      endSecond();
    }
  }

  private void endSecond() throws IOException {
    if (server != null) {
      secondThreads = server.threadCount();
      secondFiles = server.openFileCount();
    }
    interval = latencies.getIntervalHistogram(interval);
    all.add(interval);
    seconds.add(
        new Second(
            secondResidentBytes,
            secondThreads,
            secondFiles,
            interval.getTotalCount(),
            millis(interval.getValueAtPercentile(99)),
            millis(interval.getMaxValue())));
    secondResidentBytes = 0;
  }

  /** Forgets everything so far. */
  void restart() {
    interval = latencies.getIntervalHistogram(interval);
    all.reset();
    seconds.clear();
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }

  List<Second> seconds() {
    return seconds;
  }

  /** The latency that so many percent of the well-behaved clients' requests did not exceed. */
  double millisAt(double percentile) {
    return millis(all.getValueAtPercentile(percentile));
  }

  long requests() {
    return all.getTotalCount();
  }

  /** The highest resident memory, if the server's process is known. */
  OptionalLong peakResidentBytes() {
    return server == null
        ? OptionalLong.empty()
        : seconds.stream().mapToLong(Second::residentBytes).max();
  }
}
