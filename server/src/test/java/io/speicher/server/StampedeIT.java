package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.Stampede;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many ask for a missing key at once. With 1,000 clients, and for longer: {@code bench/stampede}.
 */
final class StampedeIT {
  private static final int CLIENTS = 90;
  private static final int ROUNDS = 20;
  private static final int DEATHS = 2;

  @ParameterizedTest
  @EnumSource
  void oneWins(Stampede.Fate fate) throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    int rounds =
        switch (fate) {
          case IS_KILLED, STOPS -> DEATHS; // Each of them takes as long as a lease.
          case STORES, KEY_IS_DELETED, DATABASE_IS_CLEARED -> ROUNDS;
        };
    try (SpeicherServer server =
            SpeicherServer.start(
                ServerSettings.DEFAULT.withPort(0), new SegmentStore(64 << 20, Ticker.system()));
        Stampede stampede = new Stampede(server.port(), CLIENTS, seed)) {
      for (int i = 0; i < rounds; i++) {
        stampede.round(fate);
      }
      Stampede.Report report = stampede.report();
      assertThat(report.replies()).isEqualTo((long) rounds * CLIENTS);
      if (fate == Stampede.Fate.STORES) {
        assertThat(report.leases()).isEqualTo(rounds);
      }
      assertThat(server.leaseWaits().count()).isZero();
    }
  }
}
