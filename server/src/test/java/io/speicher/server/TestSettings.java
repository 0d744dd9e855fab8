package io.speicher.server;

import java.time.Duration;

/** Settings of servers in tests: on a free port, and with the limits that users have. */
final class TestSettings {
  private TestSettings() {}

  static ServerSettings of(int threads, Transport transport) {
    return of(threads, transport, 10_000, Duration.ZERO);
  }

  static ServerSettings of(
      int threads, Transport transport, int maxConnections, Duration idleTimeout) {
    return ServerSettings.DEFAULT
        .withPort(0)
        .with(ServerSettings.MAX_CONNECTIONS, maxConnections)
        .with(ServerSettings.IDLE_TIMEOUT, idleTimeout)
        .with(ServerSettings.THREADS, threads)
        .withTransport(transport);
  }
}
