package io.speicher.compat;

import io.speicher.client.CacheContract;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The Java client and a real server. */
final class CacheIT extends CacheContract {
  private static SpeicherServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(64L << 20, Ticker.system()));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected Speicher open() {
    Speicher speicher =
        Speicher.builder()
            .host("127.0.0.1")
            .port(server.port())
            .timeout(Duration.ofSeconds(30))
            .connectTimeout(Duration.ofSeconds(30))
            .build();
    speicher.cache("", Codec.string()).clear();
    return speicher;
  }
}
