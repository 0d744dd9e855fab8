package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
  private final LatencyHistogram ours = new LatencyHistogram();
  private final Histogram hdr = new Histogram(1, LatencyHistogram.MAX_NANOS, 2);

  /** The same buckets, so that whoever merges ours with others loses nothing. */
  @Test
  void buckets_areThoseOfHdrHistogram() {
    Random random = new Random(42);
    for (int i = 0; i < 100_000; i++) {
      long nanos = random.nextLong() >>> (28 + random.nextInt(36));
      ours.record(nanos);
      hdr.recordValue(nanos);
      assertThat(LatencyHistogram.highestEquivalent(nanos))
          .isEqualTo(hdr.highestEquivalentValue(nanos));
    }
    assertThat(ours.count()).isEqualTo(hdr.getTotalCount());
    for (double percent : new double[] {0, 1, 50, 90, 99, 99.9, 99.99, 100}) {
      assertThat(ours.percentileNanos(percent)).isEqualTo(hdr.getValueAtPercentile(percent));
    }
    for (int shift = 0; shift < 36; shift++) {
      assertThat(ours.countUpTo(1L << shift)).isEqualTo(hdr.getCountBetweenValues(0, 1L << shift));
    }
  }

  @Test
  void record_outOfRange() {
    ours.record(-1);
    ours.record(Long.MAX_VALUE);
    assertThat(ours.count()).isEqualTo(2);
    assertThat(ours.countUpTo(0)).isEqualTo(1);
    assertThat(ours.percentileNanos(100)).isEqualTo(LatencyHistogram.MAX_NANOS);
  }

  @Test
  void addAll() {
    LatencyHistogram other = new LatencyHistogram();
    other.record(1_000);
    ours.record(1_000_000);
    ours.addAll(other);
    assertThat(ours.count()).isEqualTo(2);
    assertThat(ours.countUpTo(2_000)).isEqualTo(1);
    assertThat(other.count()).isEqualTo(1);
    assertThat(ours.sumNanos()).isBetween(1_001_000L, 1_010_000L);
  }

  @Test
  void since() {
    LatencyHistogram before = new LatencyHistogram();
    before.record(100);
    before.record(5_000);
    before.record(5_000);
    ours.addAll(before);
    ours.record(100);
    ours.record(70_000);
    LatencyHistogram since = ours.since(before);
    assertThat(since.count()).isEqualTo(2);
    assertThat(since.countUpTo(100)).isEqualTo(1);
    assertThat(since.countUpTo(50_000)).isEqualTo(1);
  }

  @Test
  void since_setToZero() {
    LatencyHistogram before = new LatencyHistogram();
    before.record(100);
    before.record(100);
    ours.record(100);
    ours.record(9_000);
    assertThat(ours.since(before).count()).isEqualTo(1);
  }

  @Test
  void nothing() {
    assertThat(ours.count()).isZero();
    assertThat(ours.percentileNanos(99)).isZero();
  }
}
