package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.store.FakeTicker;
import io.speicher.store.HitRatioCurve;
import io.speicher.store.PutOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MiniaturesTest {
  private static final long BUDGET_BYTES = 4 << 20;
  private static final int REQUESTS = 600_000;
  private static final int KEYS = 200_000;

  private final FakeTicker ticker = new FakeTicker();
  private final ByteBuffer value = ByteBuffer.allocate(60);
  private final ByteBuffer key = ByteBuffer.allocate(8);

  private SegmentStore store(long budgetBytes, int sampleBits) {
    Miniatures miniatures = new Miniatures(budgetBytes, 4 << 20, sampleBits, ticker.millis());
    return new SegmentStore(Geometry.of(budgetBytes), ticker, new Random(42), miniatures);
  }

  /** Reads keys of which few are frequent, and puts what is not there; returns the hit ratio. */
  private double use(SegmentStore store) {
    Random random = new Random(7);
    int hits = 0;
    for (int i = 0; i < REQUESTS; i++) {
      double uniform = random.nextDouble();
      key.putLong(0, (long) (KEYS * uniform * uniform));
      if (store.get(key, _ -> {})) {
        hits++;
      } else {
        store.put(key, value, PutOptions.DEFAULT);
      }
    }
    return (double) hits / REQUESTS;
  }

  @Test
  void curve_isThatOfStoresOfTheseSizes() {
    HitRatioCurve.Period period;
    try (SegmentStore store = store(BUDGET_BYTES, 3)) {
      use(store);
      period = store.hitRatioCurve().lastHour();
    }

    assertThat(period.sampledReadCount()).isBetween(REQUESTS / 100L, REQUESTS / 6L);
    assertThat(period.points()).hasSize(7);
    for (HitRatioCurve.Point point : period.points()) {
      assertThat(point.budgetBytes()).isEqualTo((long) (BUDGET_BYTES * point.scale()));
      try (SegmentStore store = store(point.budgetBytes(), 10)) {
        assertThat(point.hitRatio())
            .describedAs("at %s times the budget", point.scale())
            .isCloseTo(use(store), within(0.04));
      }
    }
  }

  @Test
  void curve_tooManyItems_samplesFewer() {
    Miniatures miniatures = new Miniatures(BUDGET_BYTES, 1 << 16, 1, 0);
    Random random = new Random(3);
    int sampledAtFirst = 0;
    int sampledAtLast = 0;
    for (int i = 0; i < 100_000; i++) {
      long hash = random.nextLong();
      if (miniatures.isSampled(hash)) {
        sampledAtFirst += i < 10_000 ? 1 : 0;
        sampledAtLast += i >= 90_000 ? 1 : 0;
        miniatures.read(hash, 0);
        miniatures.stored(hash, 60);
      }
    }

    assertThat(sampledAtLast).isBetween(1, sampledAtFirst / 4);
  }

  /** A few frequent keys take half of all reads, and most samples have too many of them or none. */
  @Test
  void curve_frequentKeys_areMadeUpFor() {
    try (SegmentStore store = store(BUDGET_BYTES, 5)) {
      Random random = new Random(11);
      for (int i = 0; i < REQUESTS; i++) {
        key.putLong(0, random.nextBoolean() ? random.nextInt(8) : random.nextInt(KEYS));
        if (!store.get(key, _ -> {})) {
          store.put(key, value, PutOptions.DEFAULT);
        }
      }

      HitRatioCurve.Point smallest = store.hitRatioCurve().lastHour().points().getFirst();
      assertThat(smallest.hitRatio()).isBetween(0.47, 0.62);
    }
  }

  @Test
  void curve_periods() {
    try (SegmentStore store = store(BUDGET_BYTES, 1)) {
      assertThat(store.hitRatioCurve().lastDay().points()).isEmpty();
      use(store);
      long reads = store.hitRatioCurve().lastHour().sampledReadCount();
      assertThat(store.hitRatioCurve().lastDay().sampledReadCount()).isEqualTo(reads);

      ticker.advance(Duration.ofMinutes(61));
      store.maintain();
      assertThat(store.hitRatioCurve().lastHour().sampledReadCount()).isZero();
      assertThat(store.hitRatioCurve().lastDay().sampledReadCount()).isEqualTo(reads);

      ticker.advance(Duration.ofHours(24));
      store.maintain();
      assertThat(store.hitRatioCurve().lastDay().sampledReadCount()).isZero();
    }
  }
}
