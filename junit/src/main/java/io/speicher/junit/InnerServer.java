package io.speicher.junit;

import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;

/** A server in this process. Only a process with Java 25 may load this class. */
final class InnerServer {
  private static final long MEMORY_BYTES = 64L << 20;

  private InnerServer() {}

  /**
   * Starts it, for as long as the process lives: its threads keep none alive.
   *
   * @return its port
   */
  static int start() throws IOException {
    SegmentStore store = new SegmentStore(MEMORY_BYTES, Ticker.system());
    return SpeicherServer.start(ServerSettings.DEFAULT.withPort(0), store).port();
  }
}
