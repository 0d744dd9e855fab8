package io.speicher.server;

import io.speicher.protocol.Limits;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What a server can be told. All bounds are checked here, whoever asks for a server.
 *
 * @param bind the address to listen on, a name or a number
 * @param port 0 to 65,535; 0 picks a free one
 * @param redisPort another port, where only RESP is spoken; none if it is empty
 * @param memcachedPort another port, where only memcached's protocols are spoken
 * @param limits what a frame and a key may measure
 * @param maxConnections how many connections are served at a time; more are refused
 * @param idleTimeout how long a connection may say nothing before it is closed; zero for ever
 * @param drainTimeout how long a stopping server waits for its peers
 * @param threads how many event loops serve the connections
 */
public record ServerSettings(
    String bind,
    int port,
    OptionalInt redisPort,
    OptionalInt memcachedPort,
    Limits limits,
    int maxConnections,
    Duration idleTimeout,
    Duration drainTimeout,
    int threads,
    Transport transport) {

  public static final int DEFAULT_PORT = 14_567;
  private static final int MAX_PORT = 65_535;

  /** What a server has when nobody says otherwise. */
  public static final ServerSettings DEFAULT =
      new ServerSettings(
          "127.0.0.1",
          DEFAULT_PORT,
          OptionalInt.empty(),
          OptionalInt.empty(),
          Limits.DEFAULT,
          10_000,
          Duration.ZERO,
          Duration.ofSeconds(10),
          Runtime.getRuntime().availableProcessors(),
          Transport.best());

  public ServerSettings {
    requireWithin("port", port, 0, MAX_PORT);
    redisPort.ifPresent(number -> requireWithin("redis-port", number, 0, MAX_PORT));
    memcachedPort.ifPresent(number -> requireWithin("memcached-port", number, 0, MAX_PORT));
    requireWithin("max-connections", maxConnections, 1, 10_000_000);
    requireWithin("threads", threads, 1, 1_024);
    requireNotNegative("idle-timeout", idleTimeout);
    requireNotNegative("drain-timeout", drainTimeout);
  }

  public ServerSettings withPort(int newPort) {
    return new ServerSettings(
        bind,
        newPort,
        redisPort,
        memcachedPort,
        limits,
        maxConnections,
        idleTimeout,
        drainTimeout,
        threads,
        transport);
  }

  /** With ports for one dialect each; 0 picks free ones. */
  public ServerSettings withOtherPorts(int newRedisPort, int newMemcachedPort) {
    return new ServerSettings(
        bind,
        port,
        OptionalInt.of(newRedisPort),
        OptionalInt.of(newMemcachedPort),
        limits,
        maxConnections,
        idleTimeout,
        drainTimeout,
        threads,
        transport);
  }

  private static void requireWithin(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " out of bounds: " + name + "=" + value + " (expected: " + min + ".." + max + ")");
    }
  }

  private static void requireNotNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          name + " negative: " + name + "=" + value + " (expected: 0 or more)");
    }
  }
}
