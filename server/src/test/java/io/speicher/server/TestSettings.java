package io.speicher.server;

import io.speicher.protocol.Limits;
import java.time.Duration;
import java.util.OptionalInt;

/** Settings of servers in tests: on a free port, and with the limits that users have. */
final class TestSettings {
  private TestSettings() {}

  static ServerSettings of(int threads, Transport transport) {
    return of(threads, transport, 10_000, Duration.ZERO);
  }

  static ServerSettings of(
      int threads, Transport transport, int maxConnections, Duration idleTimeout) {
    return new ServerSettings(
        "127.0.0.1",
        0,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Limits.DEFAULT,
        maxConnections,
        idleTimeout,
        Duration.ofSeconds(10),
        threads,
        transport);
  }
}
