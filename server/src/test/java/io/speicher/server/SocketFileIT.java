package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The server over a Unix domain socket, once with each transport. */
@Timeout(60)
@ParameterizedClass
@EnumSource
final class SocketFileIT {
  private static final String TLS_HELLO = "\u0016\u0003\u0001\u0000\u0005hello";

  private final Transport transport;
  @RegisterExtension final Opened opened = new Opened();

  @TempDir private Path folder;
  private Path path;

  SocketFileIT(Transport transport) {
    this.transport = transport;
  }

  @BeforeEach
  void choosePath() {
    path = folder.resolve("speicher.socket");
  }

  private ServerSettings settings() {
    return TestSettings.of(2, transport).with(ServerSettings.SOCKET, Optional.of(path));
  }

  private SpeicherServer start() throws IOException {
    return opened.start(settings());
  }

  private RawClient connect() throws IOException {
    return opened.add(new RawClient(path));
  }

  private static void ask(RawClient client, String request, String reply) throws IOException {
    client.send(request.getBytes(ISO_8859_1));
    assertThat(client.read(reply.length())).asString(ISO_8859_1).isEqualTo(reply);
  }

  private static String list(RawClient client, String command) throws IOException {
    client.send((command + "\r\n").getBytes(US_ASCII));
    return client.bulk();
  }

  // ---- what is spoken there ----

  @Test
  void everyDialect() throws IOException {
    start();
    ask(connect(), "SET k v\r\n", "+OK\r\n");
    ask(connect(), "get k\r\n", "VALUE k 0 1\r\nv\r\nEND\r\n");
    assertThat(connect().ask("{'command':'GET','key':'k'}"))
        .isEqualTo("{\"status_code\":200,\"value\":\"v\"}");
    String noop = "\n" + "\u0000".repeat(22);
    ask(connect(), "\u0080" + noop, "\u0081" + noop);
    ask(
        connect(),
        "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
        "HTTP/1.1 421 Misdirected Request\r\n");
    ask(connect(), TLS_HELLO, "\u0015\u0003\u0003"); // The alert of one that speaks no TLS.
  }

  @Test
  void pipelineOfMore_thanASocketHolds() throws Exception {
    start();
    RawClient client = connect();
    String value = "v".repeat(100_000);
    ask(client, "set k 0 0 100000\r\n" + value + "\r\n", "STORED\r\n");
    client.send("get k\r\n".repeat(500).getBytes(US_ASCII));
    String reply = "VALUE k 0 100000\r\n" + value + "\r\nEND\r\n";
    for (int i = 0; i < 500; i++) {
      assertThat(client.read(reply.length())).asString(US_ASCII).isEqualTo(reply);
    }
  }

  @Test
  void halfClosed_isAnswered() throws Exception {
    start();
    RawClient client = connect();
    client.send("SET k v\r\nGET k\r\n".getBytes(US_ASCII));
    client.shutdownOutput();
    assertThat(client.rest()).asString(US_ASCII).isEqualTo("+OK\r\n$1\r\nv\r\n");
  }

  @Test
  void drain_answersWhatWasReceived() throws Exception {
    SpeicherServer server = start();
    RawClient client = connect();
    ask(client, "PING\r\n", "+PONG\r\n");
    client.send("PING\r\n".repeat(1_000).getBytes(US_ASCII));
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    assertThat(client.rest()).asString(US_ASCII).isEqualTo("+PONG\r\n".repeat(1_000));
    assertThat(path).doesNotExist();
  }

  // ---- it is a connection like any other ----

  @Test
  void clientList() throws Exception {
    start();
    RawClient client = connect();
    assertThat(list(client, "CLIENT LIST"))
        .contains(" addr=" + path + ":0 laddr=" + path + ":0 ")
        .contains(" flags=U ");
  }

  @Test
  void clientKill_byItsAddress() throws Exception {
    SpeicherServer server = start();
    RawClient onPort = new RawClient(server.port());
    opened.add(onPort);
    RawClient client = connect();
    ask(client, "PING\r\n", "+PONG\r\n");
    ask(onPort, "CLIENT KILL ADDR " + path + ":0\r\n", ":1\r\n");
    assertThat(client.isAtEnd()).isTrue();
  }

  @Test
  void maxConnections() throws Exception {
    opened.start(settings().with(ServerSettings.MAX_CONNECTIONS, 1));
    RawClient client = connect();
    ask(client, "PING\r\n", "+PONG\r\n");
    ask(connect(), "PING\r\n", "-ERR max number of clients reached\r\n");
  }

  @Test
  void idleTimeout() throws Exception {
    opened.start(settings().with(ServerSettings.IDLE_TIMEOUT, Duration.ofMillis(100)));
    assertThat(connect().isAtEnd()).isTrue();
  }

  // ---- the file ----

  @Test
  void mode() throws Exception {
    opened.start(settings().with(ServerSettings.SOCKET_MODE, 0640));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void mode_byDefault() throws Exception {
    start();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwxrwx---");
  }

  @Test
  void end_removesIt() throws Exception {
    start().close();
    assertThat(path).doesNotExist();
  }

  @Test
  void stale_isReplaced() throws Exception {
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(path));
    }
    assertThat(path).exists();
    start();
    ask(connect(), "PING\r\n", "+PONG\r\n");
  }

  @Test
  void live_isAnError() throws Exception {
    start();
    assertThatThrownBy(() -> start())
        .hasMessage(
            "cannot listen on "
                + path
                + ": a server listens there; stop it, or choose another --socket");
    ask(connect(), "PING\r\n", "+PONG\r\n");
  }

  @Test
  void noSocket_isAnError() throws Exception {
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> start())
        .hasMessage(
            "cannot listen on "
                + path
                + ": a file that is no socket has this name; remove it, or choose another");
    assertThat(path).hasContent("precious");
  }

  @Test
  void noFolder_isAnError() {
    path = folder.resolve("nowhere").resolve("socket");
    assertThatThrownBy(() -> start())
        .hasMessageStartingWith("cannot listen on " + path + ": ")
        .hasMessageEndingWith("; choose another --socket");
  }

  @Test
  void longPath_isAnError() {
    path = folder.resolve("x".repeat(120));
    assertThatThrownBy(() -> start())
        .hasMessageStartingWith("path of the socket too long: socket=" + path + " pathBytes=")
        .hasMessageEndingWith("(expected: 1..107)");
  }

  /** Somebody has moved the file away and another server has taken its path. */
  @Test
  void end_leavesAnotherServersFile() throws Exception {
    SpeicherServer first = start();
    Files.delete(path);
    start();
    first.close();
    if (transport == Transport.EPOLL) { // Netty's NIO listener removes whatever is there.
      await().untilAsserted(() -> ask(connect(), "PING\r\n", "+PONG\r\n"));
    }
  }
}
