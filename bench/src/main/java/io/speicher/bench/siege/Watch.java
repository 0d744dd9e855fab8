package io.speicher.bench.siege;

import io.speicher.bench.process.HeapWatch;
import io.speicher.bench.process.ProcessStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Samples the server's process, and takes the latencies of each second. One thread. */
final class Watch implements AutoCloseable {
  /** How often memory is looked at: a peak may be short. */
  static final long SAMPLE_MILLIS = 50;

  private static final int SAMPLES_PER_SECOND = (int) (1_000 / SAMPLE_MILLIS);

  private final @Nullable ProcessStatistics server;
  private final @Nullable HeapWatch heap;
  private final AccountWatch account;
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
      long accountBytes,
      long heapBytes,
      int threads,
      int openFiles,
      long requests,
      double p99Millis,
      double maxMillis) {}

  /** Watches the server on this port; of its process, only what is known of it. */
  Watch(int port, @Nullable ProcessStatistics server, Findings findings, Recorder latencies)
      throws IOException {
    this.server = server;
    heap = server == null ? null : HeapWatch.of(server.pid());
    account = new AccountWatch(port, findings);
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
            account.heldBytes(),
            heap == null ? 0 : heap.usedBytes(),
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

  /** The most that connections held outside the store when they were looked at. */
  long peakAccountBytes() {
    return seconds.stream().mapToLong(Second::accountBytes).max().orElse(0);
  }

  /** The highest resident memory, if the server's process is known. */
  OptionalLong peakResidentBytes() {
    return server == null
        ? OptionalLong.empty()
        : seconds.stream().mapToLong(Second::residentBytes).max();
  }

  @Override
  public void close() {
    account.close();
    if (heap != null) {
      heap.close();
    }
  }
}
