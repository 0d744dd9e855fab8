package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CONFIG SET changes a running server, over real sockets. */
@Timeout(60)
final class LiveSettingsIT {
  @RegisterExtension final Opened opened = new Opened();
  private final SpeicherServer server;
  private final RawClient client;

  LiveSettingsIT() throws IOException {
    server = opened.start(TestSettings.of(2, Transport.best(), 10, Duration.ZERO));
    client = opened.add(new RawClient(server.port()));
  }

  private String ask(RawClient peer, String command, int bytes) throws IOException {
    peer.send((command + "\r\n").getBytes(ISO_8859_1));
    return new String(peer.read(bytes), ISO_8859_1);
  }

  private void set(String pairs) throws IOException {
    assertThat(ask(client, "CONFIG SET " + pairs, 5)).isEqualTo("+OK\r\n");
  }

  private String get(String name, String value) throws IOException {
    String expected =
        "*2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n".formatted(name.length(), name, value.length(), value);
    assertThat(ask(client, "CONFIG GET " + name, expected.length())).isEqualTo(expected);
    return value;
  }

  private void refused(String pairs, String name, String why) throws IOException {
    client.send(("CONFIG SET " + pairs + "\r\n").getBytes(ISO_8859_1));
    assertThat(client.line())
        .startsWith(
            "-ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why);
  }

  @Test
  void maxclients() throws IOException {
    set("maxclients 2");
    get("maxclients", "2");
    try (RawClient second = new RawClient(server.port())) {
      assertThat(ask(second, "PING", 7)).isEqualTo("+PONG\r\n");
      try (RawClient third = new RawClient(server.port())) {
        assertThat(ask(third, "PING", 36)).isEqualTo("-ERR max number of clients reached\r\n");
      }
      set("maxclients 1"); // Who is there stays.
      assertThat(ask(second, "PING", 7)).isEqualTo("+PONG\r\n");
      set("maxclients 3");
      try (RawClient third = new RawClient(server.port())) {
        assertThat(ask(third, "PING", 7)).isEqualTo("+PONG\r\n");
      }
    }
  }

  /** It holds for connections that are there and for those that come, and can be taken back. */
  @Test
  void timeout() throws IOException {
    try (RawClient idle = new RawClient(server.port())) {
      assertThat(ask(idle, "PING", 7)).isEqualTo("+PONG\r\n");
      set("timeout 1");
      get("timeout", "1");
      assertThat(idle.read(1)).isEmpty(); // It is closed.
      try (RawClient late = new RawClient(server.port())) {
        assertThat(late.read(1)).isEmpty();
      }
    }
    try (RawClient again = new RawClient(server.port())) {
      again.send("CONFIG SET timeout 0\r\n".getBytes(ISO_8859_1));
      assertThat(again.read(5)).isEqualTo("+OK\r\n".getBytes(ISO_8859_1));
      assertThat(server.drainTimeout()).isEqualTo(Duration.ofSeconds(10));
    }
  }

  /** Redis counts seconds, and 0 of them never close a connection. */
  @Test
  void timeout_notInWholeSeconds() throws IOException {
    refused("timeout 500ms", "timeout", "'500ms' is not a whole number of seconds");
    get("timeout", "0");
    set("timeout 5m");
    get("timeout", "300");
  }

  @Test
  void timeout_ofLessThanASecond_isShownAndTakenBack() throws IOException {
    SpeicherServer other =
        opened.start(TestSettings.of(2, Transport.best(), 10, Duration.ofMillis(900)));
    try (RawClient peer = new RawClient(other.port())) {
      assertThat(ask(peer, "CONFIG GET timeout", 24)).endsWith("timeout\r\n$1\r\n1\r\n");
      assertThat(ask(peer, "CONFIG SET timeout 0", 5)).isEqualTo("+OK\r\n");
      assertThat(ask(peer, "CONFIG GET timeout", 24)).endsWith("timeout\r\n$1\r\n0\r\n");
    }
  }

  @Test
  void tooLarge_saysTheBound() throws IOException {
    refused(
        "maxclients 99999999999", "maxclients", "out of bounds: '99999999999' (expected: 1..100");
    refused(
        "timeout 99999999999999999999",
        "timeout",
        "'99999999999999999999s' is too large (expected: up to 9223372036854775s)");
    refused(
        "slowlog-log-slower-than 3600000001",
        "slowlog-log-slower-than",
        "out of bounds: '3600000001' (expected: -1..3600000000)");
    set("slowlog-log-slower-than 3000000000");
    get("slowlog-log-slower-than", "3000000000");
  }

  @Test
  void drainTimeout() throws IOException {
    set("shutdown-timeout 3");
    assertThat(server.drainTimeout()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void logLevel() throws IOException {
    Logger ours = Logger.getLogger("io.speicher");
    Level before = ours.getLevel();
    try {
      set("log-level error");
      assertThat(ours.isLoggable(Level.WARNING)).isFalse();
      set("log-level debug");
      assertThat(ours.isLoggable(Level.FINE)).isTrue();
      refused("log-level loud", "log-level", "'loud' is none of error|warning|info|debug");
    } finally {
      LogLevel.INFO.apply();
      ours.setLevel(before);
    }
  }

  @Test
  void severalSettings_allOrNone() throws IOException {
    set("maxclients 7 slowlog-max-len 5 timeout 100");
    get("slowlog-max-len", "5");
    refused("maxclients 8 slowlog-max-len 6 timeout -1", "timeout", "");
    refused("maxclients 8 port 1", "port", "can't set immutable config");
    refused("maxclients 8 maxclients 9", "maxclients", "duplicate parameter");
    get("maxclients", "7");
    get("slowlog-max-len", "5");
    get("timeout", "100");
    set("timeout 0");
  }

  /** In words, since the reason is not plain. */
  @Test
  void maxmemory_isFixed() throws IOException {
    refused(
        "maxmemory 128mb",
        "maxmemory",
        "can't set immutable config: the memory of a server is divided when it starts;"
            + " start it again with another --memory");
  }

  @Test
  void rewrite_isRefused() throws IOException {
    String expected = "-ERR the server does not write its configuration file: change the file of";
    assertThat(ask(client, "CONFIG REWRITE", expected.length())).isEqualTo(expected);
  }
}
