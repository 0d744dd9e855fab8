package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP over real sockets, on the port of all dialects and on its own. */
final class HttpIT {
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";

  @RegisterExtension final Opened opened = new Opened();

  private static ServerSettings settings() {
    return TestSettings.of(1, Transport.best());
  }

  private RawClient connect(int port) throws IOException {
    return opened.add(new RawClient(port));
  }

  /** All that comes until the server closes. */
  private String exchange(int port, String request) throws IOException {
    RawClient client = connect(port);
    client.send(request.getBytes(ISO_8859_1));
    return new String(client.rest(), UTF_8);
  }

  private static String get(String path, String... headers) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + String.join("", List.of(headers).stream().map(line -> line + "\r\n").toList())
        + "\r\n";
  }

  // ---- connections ----

  @ParameterizedTest
  @EnumSource(Transport.class)
  void portOfAllDialects(Transport transport) throws IOException {
    SpeicherServer server = opened.start(TestSettings.of(1, transport));
    assertThat(exchange(server.port(), get("/health/live")))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nX-Content-Type-Options: nosniff\r\n", "\r\nContent-Security-Policy: ")
        .endsWith("\r\n\r\nlive\n");
    RawClient redis = connect(server.port());
    redis.send("PING\r\n".getBytes(UTF_8));
    assertThat(redis.read(7)).isEqualTo("+PONG\r\n".getBytes(UTF_8));
  }

  @Test
  void portOfItsOwn() throws IOException {
    SpeicherServer server =
        opened.start(settings().with(ServerSettings.HTTP_PORT, OptionalInt.of(0)));
    int port = server.httpAddress().orElseThrow().getPort();
    assertThat(exchange(port, get("/health/ready"))).endsWith("\r\n\r\nready\n");
    assertThat(exchange(port, "PING\r\n\r\n")).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void keptConnection_answersInOrder() throws IOException {
    RawClient client = connect(opened.start(settings()).port());
    client.send(
        (LIVE + "\r\nHEAD /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/nothing"))
            .getBytes(ISO_8859_1));
    String all = new String(client.rest(), UTF_8);
    assertThat(all.split("HTTP/1.1 ", -1)).hasSize(4);
    assertThat(all).containsSubsequence("200 OK", "\r\n\r\nlive\n", "200 OK", "404 Not Found");
    assertThat(all).doesNotContain("ready\n"); // HEAD has no body.
  }

  @Test
  void request_inPieces() throws IOException {
    RawClient client = connect(opened.start(settings()).port());
    for (byte next : get("/health/live").getBytes(ISO_8859_1)) {
      client.send(new byte[] {next});
    }
    assertThat(new String(client.rest(), UTF_8)).endsWith("\r\n\r\nlive\n");
  }

  @Test
  void halfClosedConnection_isAnswered() throws IOException {
    RawClient client = connect(opened.start(settings()).port());
    client.send((LIVE + "\r\n").getBytes(ISO_8859_1));
    client.shutdownOutput();
    assertThat(new String(client.rest(), UTF_8)).endsWith("\r\n\r\nlive\n");
  }

  @Test
  void tooManyAtATime() throws IOException {
    RawClient client = connect(opened.start(settings()).port());
    client.send((LIVE + "\r\n").repeat(2_000).getBytes(ISO_8859_1));
    assertThat(client.rest().length).isLessThan(100_000); // It ends early.
  }

  @Test
  void tooManyConnections() throws Exception {
    SpeicherServer server = opened.start(settings());
    for (int i = 0; i < 128; i++) {
      RawClient client = connect(server.port());
      client.send((LIVE + "\r\n").getBytes(ISO_8859_1));
      assertThat(client.read(15)).isEqualTo("HTTP/1.1 200 OK".getBytes(UTF_8));
    }
    assertThat(exchange(server.port(), get("/health/live")))
        .startsWith("HTTP/1.1 503 ")
        .contains("too many HTTP connections (expected: at most 128)");
    assertThat(connect(server.port()).ask("{'command':'PING'}")).isEqualTo("{\"status_code\":200}");
    opened.closeAllBut(server);
    await()
        .ignoreExceptions()
        .until(() -> exchange(server.port(), get("/health/live")).endsWith("live\n"));
  }

  @Test
  void drain_endsKeptConnections() throws Exception {
    SpeicherServer server = opened.start(settings());
    RawClient client = connect(server.port());
    client.send((LIVE + "\r\n").getBytes(ISO_8859_1));
    assertThat(client.read(15)).isEqualTo("HTTP/1.1 200 OK".getBytes(UTF_8));
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    client.rest(); // Comes to an end.
  }

  // ---- requests ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /nothing | 404 Not Found",
        "POST /health/live | 405 Method Not Allowed",
        "BREW /health/live | 405 Method Not Allowed",
        "GET /%zz | 400 Bad Request",
        "GET http://localhost/health/live | 200 OK",
        "GET HTTP://127.0.0.1:80/health/live | 200 OK",
        "GET http://localhost?/health/live | 200 OK",
        "GET http://evil.example/health/live | 421 Misdirected Request",
        "GET https://evil.example:80?x=/health/live | 421 Misdirected Request",
        "GET http://localhost:80@evil.example/health/live | 421 Misdirected Request",
        "GET http:///health/live | 421 Misdirected Request",
        "GET /health/live?a=b | 200 OK",
        "GET //health/live | 404 Not Found",
        "GET /health/../health/live | 404 Not Found",
      })
  void target(String line, String status) throws IOException {
    SpeicherServer server =
        opened.start(settings().with(ServerSettings.HTTP_PORT, OptionalInt.of(0)));
    assertThat(
            exchange(
                server.httpAddress().orElseThrow().getPort(),
                line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + "\r\n");
  }

  @Test
  void longRequests() throws IOException {
    SpeicherServer server =
        opened.start(settings().with(ServerSettings.HTTP_PORT, OptionalInt.of(0)));
    int port = server.httpAddress().orElseThrow().getPort();
    assertThat(exchange(port, get("/" + "x".repeat(9_000)))).startsWith("HTTP/1.1 414 ");
    assertThat(exchange(port, get("/", "X: " + "x".repeat(20_000)))).startsWith("HTTP/1.1 431 ");
  }

  /** It is told why, in its turn, and the connection ends although it would go on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 20000\r\n\r\n",
        "Content-Length: 20000\r\nExpect: 100-continue\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4e20\r\n",
      })
  void longBody(String headers) throws IOException {
    int port = opened.start(settings()).port();
    String request = "POST / HTTP/1.1\r\nHost: localhost\r\n" + headers + "x".repeat(20_000);
    assertThat(exchange(port, LIVE + "\r\n" + request))
        .containsSubsequence(
            "HTTP/1.1 200 OK\r\n",
            "\r\n\r\nlive\n",
            "HTTP/1.1 413 Request Entity Too Large\r\n",
            "\r\nconnection: close\r\n\r\nbody too long (expected: up to 16384 bytes)\n");
  }

  @Test
  void oldVersion_endsTheConnection() throws IOException {
    SpeicherServer server = opened.start(settings());
    assertThat(exchange(server.port(), "GET /health/live HTTP/1.0\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("\r\n\r\nlive\n");
  }

  // ---- foreign pages ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:14567",
        "10.1.2.3",
        "[::1]:80",
        "cache.lan"
      })
  void host(String host) throws IOException {
    SpeicherServer server =
        opened.start(settings().with(ServerSettings.HTTP_HOSTS, List.of("Cache.LAN")));
    assertThat(withHost(server, host)).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:80@evil",
        ""
      })
  void host_foreign(String host) throws IOException {
    assertThat(withHost(opened.start(settings()), host)).startsWith("HTTP/1.1 421 ");
  }

  @Test
  void host_any() throws IOException {
    SpeicherServer server = opened.start(settings().with(ServerSettings.HTTP_HOSTS, List.of("*")));
    assertThat(withHost(server, "evil.example")).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void host_missingOrTwice() throws IOException {
    SpeicherServer server = opened.start(settings());
    assertThat(exchange(server.port(), "GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(exchange(server.port(), get("/health/live", "Host: localhost")))
        .startsWith("HTTP/1.1 400 ");
  }

  private String withHost(SpeicherServer server, String host) throws IOException {
    return exchange(
        server.port(),
        "GET /health/live HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n");
  }

  @Test
  void origin() throws IOException {
    SpeicherServer server = opened.start(settings());
    assertThat(exchange(server.port(), get("/health/live", "Origin: http://localhost")))
        .startsWith("HTTP/1.1 200 ");
    for (String foreign : List.of("http://evil.example", "null", "http://localhost:8080")) {
      assertThat(exchange(server.port(), get("/health/live", "Origin: " + foreign)))
          .startsWith("HTTP/1.1 403 ");
    }
  }

  // ---- who asks ----

  @Test
  void password() throws IOException {
    SpeicherServer server = opened.start(settings().with(ServerSettings.PASSWORD, "sesame"));
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThat(exchange(server.port(), get("/health/live"))).startsWith("HTTP/1.1 200 ");
      assertThat(exchange(server.port(), get("/metrics")))
          .startsWith("HTTP/1.1 401 ")
          .contains("WWW-Authenticate: Basic realm=\"speicher\"");
      for (String right : List.of(basic("default:sesame"), basic(":sesame"), "Bearer sesame")) {
        assertThat(exchange(server.port(), get("/metrics", "Authorization: " + right)))
            .startsWith("HTTP/1.1 200 ");
      }
      for (String wrong :
          List.of("Basic !", "Digest x", basic("sesame"), basic("nobody:sesame"), "Bearer no")) {
        assertThat(exchange(server.port(), get("/metrics", "Authorization: " + wrong)))
            .startsWith("HTTP/1.1 401 ");
      }
      assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains("sesame"));
    }
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  /** It is refused before a page is made, in words of HTTP. */
  @Test
  void surplusConnection() throws IOException {
    SpeicherServer server =
        opened.start(
            TestSettings.of(1, Transport.best(), 1, Duration.ZERO)
                .with(ServerSettings.HTTP_PORT, OptionalInt.of(0)));
    assertThat(connect(server.port()).ask("{'command':'PING'}")).isEqualTo("{\"status_code\":200}");
    assertThat(exchange(server.port(), get("/health/live")))
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .endsWith("too many connections (expected: at most 1); try again later\n");
    assertThat(exchange(server.httpAddress().orElseThrow().getPort(), ""))
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n");
  }
}
