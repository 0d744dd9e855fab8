package io.speicher.jcache.tck;

import io.speicher.client.Speicher;
import io.speicher.client.SpeicherProvider;
import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Opens {@code speicher:tck-server}: a client of a server that lives as long as the process. */
public final class ServerProvider implements SpeicherProvider {
  private static final String URL = "speicher:tck-server";
  private static final long MEMORY_BYTES = 64L << 20;

  private static @Nullable SpeicherServer server;

  @Override
  public @Nullable Speicher open(String url, String namespace) {
    return url.equals(URL)
        ? Speicher.builder().host("127.0.0.1").port(port()).namespace(namespace).build()
        : null;
  }

  private static synchronized int port() {
    SpeicherServer running = server;
    if (running == null) {
      try {
        running =
            SpeicherServer.start(
                ServerSettings.DEFAULT.withPort(0),
                new SegmentStore(MEMORY_BYTES, Ticker.system()));
      } catch (IOException e) {
        throw new UncheckedIOException("the server of the TCK has not started", e);
      }
      server = running;
    }
    return running.port();
  }
}
