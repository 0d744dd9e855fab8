package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.near.Near;
import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Near caches that a server keeps true. For longer: {@code -Dtorture.seconds=60}. */
final class NearIT {
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("torture.seconds", 3));

  private SpeicherServer server;
  private Speicher speicher;
  private Speicher other;

  @BeforeEach
  void start() throws Exception {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64L << 20, Ticker.system()));
    speicher = FleetCaller.connect(server.port());
    other = FleetCaller.connect(server.port());
  }

  @AfterEach
  void stop() {
    speicher.close();
    other.close();
    server.close();
  }

  private static Cache<String> near(Speicher speicher) {
    return speicher.cache(
        "texts", Codec.string(), o -> o.near(Near.entries(100).maxAge(Duration.ofHours(1))));
  }

  /** Two programs with near caches: what one changes, the other one reads behind its next reply. */
  @Test
  void changes_areSeen() {
    Cache<String> mine = near(speicher);
    Cache<String> others = near(other);
    mine.set("k", "1");
    assertThat(others.get("k")).isEqualTo("1");
    assertThat(others.get("k")).isEqualTo("1");
    assertThat(others.stats().nearHits()).isEqualTo(1);

    mine.set("k", "2");
    others.getVersioned("another");
    assertThat(others.get("k")).isEqualTo("2");
    mine.delete("k");
    others.getVersioned("another");
    assertThat(others.get("k")).isNull();

    mine.set("k", "3");
    assertThat(others.get("k")).isEqualTo("3");
    mine.clear();
    others.getVersioned("another");
    assertThat(others.get("k")).isNull();
    assertThat(others.get("k", key -> "4")).isEqualTo("4");
    assertThat(mine.get("k")).isEqualTo("4");
  }

  /** Two caches of one program, each with a near cache of its own. */
  @Test
  void changes_ofTheSameProgram() {
    Cache<String> first = near(speicher);
    Cache<String> second = near(speicher);
    first.set("k", "1");
    assertThat(second.get("k")).isEqualTo("1");
    first.set("k", "2");
    second.getVersioned("another");
    assertThat(second.get("k")).isEqualTo("2");
  }

  @Test
  void nothingIsStale() throws Exception {
    NearTorture.Report report = new NearTorture(server.port(), TIME).run();
    assertThat(report.writes()).isPositive();
    assertThat(report.nearHits()).isPositive();
    assertThat(report.cuts()).isPositive();
    if (Boolean.getBoolean("torture.report")) {
      System.out.println(report);
    }
  }
}
