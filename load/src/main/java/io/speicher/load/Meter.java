package io.speicher.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** What one thread has measured. That thread alone writes; another one may read at any time. */
final class Meter {
  /** Longer latencies are recorded as this. */
  static final long LONGEST_NANOS = 3_600_000_000_000L;

  static final int SIGNIFICANT_DIGITS = 3;

  private final SingleWriterRecorder[] latencies = new SingleWriterRecorder[Operation.ALL.size()];

  /** What the reader has, to use it again: a histogram is large. */
  private final Map<Operation, Histogram> takenBefore = new EnumMap<>(Operation.class);

  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong misses = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();

  Meter() {
    for (int i = 0; i < latencies.length; i++) {
      latencies[i] = new SingleWriterRecorder(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
    }
  }

  /** Counts {@code count} operations that were answered at the same moment. */
  void record(Operation operation, long nanos, long count) {
    latencies[operation.index()].recordValueWithCount(Math.clamp(nanos, 0, LONGEST_NANOS), count);
  }

  void count(long moreHits, long moreMisses, long moreErrors) {
    add(hits, moreHits);
    add(misses, moreMisses);
    add(errors, moreErrors);
  }

  /** One thread writes, so no atomic addition is needed, which would cost. */
  private static void add(AtomicLong counter, long more) {
    if (more != 0) {
      counter.setRelease(counter.getPlain() + more);
    }
  }

  /** The latencies since this was called last. They are valid until it is called again. */
  Histogram takeLatencies(Operation operation) {
    Histogram taken = latencies[operation.index()].getIntervalHistogram(takenBefore.get(operation));
    takenBefore.put(operation, taken);
    return taken;
  }

  long hits() {
    return hits.getAcquire();
  }

  long misses() {
    return misses.getAcquire();
  }

  long errors() {
    return errors.getAcquire();
  }
}
