package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.NearCacheTorture;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * No cache of a client holds what was replaced before its last request. For longer: {@code
 * bench/near-caches}.
 */
final class NearCacheTortureIT {
  private static final Duration TIME = Duration.ofSeconds(3);

  @Test
  void caches_areNeverStale() throws IOException, InterruptedException {
    NearCacheTorture.Report report = run(ServerSettings.DEFAULT, 60);
    assertThat(report.writes()).isPositive();
    assertThat(report.hits()).isPositive();
    assertThat(report.pushedKeys()).isPositive();
  }

  /** The table of who has read what is too small, so that everything is dropped again and again. */
  @Test
  void caches_areNeverStale_whenTheTableIsFull() throws IOException, InterruptedException {
    NearCacheTorture.Report report =
        run(ServerSettings.DEFAULT.with(ServerSettings.TRACKING_MEMORY, 64L << 10), 6_000);
    assertThat(report.pushedAll()).isGreaterThan(report.clears());
  }

  private static NearCacheTorture.Report run(ServerSettings settings, int keys)
      throws IOException, InterruptedException {
    long seed = Long.getLong("seed", System.nanoTime());
    try (SpeicherServer server =
        SpeicherServer.start(settings.withPort(0), new SegmentStore(64 << 20, Ticker.system()))) {
      return new NearCacheTorture(server.port(), keys, 3, 5, TIME, seed).run();
    }
  }
}
