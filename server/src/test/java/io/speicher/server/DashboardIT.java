package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.speicher.server.security.PasswordHash;
import io.speicher.testing.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dashboard is made of: its files, the stream of samples, and what can be done. */
final class DashboardIT {
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([0-9a-f]{32})\"");
  private static final Pattern PATH = Pattern.compile("(?:src|href|from)=?\\s*['\"]([^'\"]+)['\"]");

  /** Everybody may read; {@code boss} may do everything, {@code cleaner} clear alone. */
  private static final String USERS =
      """
      [user.default]
      nopass = true
      keys = ["~*"]
      groups = ["read"]

      [user.boss]
      passwords = ["HASH"]
      keys = ["~*"]
      groups = ["read", "write", "scan", "clear", "admin"]

      [user.cleaner]
      passwords = ["HASH"]
      groups = ["clear"]
      """
          .replace("HASH", PasswordHash.of("sesame").toString());

  @RegisterExtension final Opened opened = new Opened();
  @TempDir Path folder;

  private SpeicherServer start() throws IOException {
    return opened.start(TestSettings.of(1, Transport.best()));
  }

  private SpeicherServer startWithUsers() throws IOException {
    Path users = Files.writeString(folder.resolve("users.toml"), USERS);
    return opened.start(
        TestSettings.of(1, Transport.best()).with(ServerSettings.USERS, Optional.of(users)));
  }

  private RawClient connect(SpeicherServer server) throws IOException {
    return opened.add(new RawClient(server.port()));
  }

  private String ask(SpeicherServer server, String line, String... headers) throws IOException {
    RawClient client = connect(server);
    client.send(request(line, "Connection: close", headers).getBytes(ISO_8859_1));
    return new String(client.rest(), UTF_8);
  }

  private static String request(String line, String header, String... headers) {
    return line
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + header
        + "\r\n"
        + String.join("", List.of(headers).stream().map(one -> one + "\r\n").toList())
        + "\r\n";
  }

  private RawClient listen(SpeicherServer server, String... headers) throws IOException {
    RawClient client = connect(server);
    client.send(
        request("GET /api/v1/stream", "Accept: text/event-stream", headers).getBytes(ISO_8859_1));
    return client;
  }

  private static String basic(String pair) {
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  private String token(SpeicherServer server, String... headers) throws IOException {
    Matcher found = TOKEN.matcher(ask(server, "GET /api/v1/session", headers));
    assertThat(found.find()).isTrue();
    return "X-Speicher-Token: " + found.group(1);
  }

  /** All up to and including {@code end}. */
  private static String readUntil(RawClient client, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      text.append(new String(client.read(1), ISO_8859_1));
    }
    return text.toString();
  }

  // ---- files ----

  /** Whoever adds a file has to serve it, and nothing comes from elsewhere. */
  @Test
  void files() throws IOException {
    SpeicherServer server = start();
    String page = ask(server, "GET /");
    assertThat(page)
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("\r\nContent-Type: text/html; charset=utf-8\r\n", "<title>Speicher</title>");
    List<String> paths = new ArrayList<>(paths(page));
    paths.addAll(paths(ask(server, "GET /dashboard/dashboard.js")));
    assertThat(paths).contains("/dashboard/dashboard.js", "./feed.js", "/dashboard/dashboard.css");
    for (String path : paths) {
      assertThat(path).startsWith(path.startsWith("./") ? "./" : "/");
      String own = path.replaceFirst("^\\./", "/dashboard/");
      if (!own.equals("/login")) { // That one is elsewhere.
        assertThat(ask(server, "GET " + own)).as(own).startsWith("HTTP/1.1 200 OK\r\n");
      }
    }
  }

  private static List<String> paths(String text) {
    return PATH.matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .filter(path -> path.startsWith("/") || path.startsWith(".") || path.contains(":"))
        .toList();
  }

  @Test
  void file_again() throws IOException {
    SpeicherServer server = start();
    String path = "GET /dashboard/uPlot.iife.min.js";
    String first = ask(server, path, "Accept-Encoding: gzip");
    assertThat(first).contains("\r\nContent-Encoding: gzip\r\n");
    Matcher tag = Pattern.compile("ETag: (\\S+)").matcher(first);
    assertThat(tag.find()).isTrue();
    assertThat(ask(server, path, "If-None-Match: " + tag.group(1)))
        .startsWith("HTTP/1.1 304 Not Modified\r\n")
        .endsWith("\r\n\r\n");
  }

  // ---- stream ----

  @Test
  void stream_sendsSamples() throws IOException {
    SpeicherServer server = start();
    RawClient stream = listen(server);
    assertThat(readUntil(stream, "\n\nevent: sample\ndata: {\"at_ms\":"))
        .startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        .contains("\r\nCache-Control: no-store\r\n", "\r\n\r\nretry: 1000\n\n")
        .doesNotContainIgnoringCase("content-length", "transfer-encoding");
    connect(server).send("GET a\r\n".repeat(100).getBytes(UTF_8));
    readUntil(stream, "\"commands_per_second\":{\"resp\":");
    String sample = readUntil(stream, "\n\n");
    assertThat(sample).contains("\"loop_load\":[", "\"latency\":{\"count\":").endsWith("]}}\n\n");
  }

  @Test
  void stream_head() throws IOException {
    assertThat(ask(start(), "HEAD /api/v1/stream")).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void stream_tooMany() throws IOException {
    SpeicherServer server = start();
    List<RawClient> streams = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      RawClient stream = listen(server);
      readUntil(stream, "retry: ");
      streams.add(stream);
    }
    assertThat(ask(server, "GET /api/v1/stream"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("too many listeners (expected: at most 64); close some dashboards\n");
    assertThat(ask(server, "GET /health/live")).endsWith("\r\n\r\nlive\n");
    streams.getFirst().close();
    await()
        .until(() -> {
          RawClient stream = listen(server);
          return new String(stream.read(15), UTF_8).equals("HTTP/1.1 200 OK");
        });
  }

  @Test
  void stream_endsWhenTheServerStops() throws Exception {
    SpeicherServer server = start();
    RawClient stream = listen(server);
    readUntil(stream, "retry: ");
    assertThat(server.drain(Duration.ofSeconds(10))).isZero();
    stream.rest(); // Comes to an end.
  }

  /** Whoever may not look any more is not shown what happens then. */
  @Test
  void stream_endsWithTheUser() throws IOException {
    SpeicherServer server = startWithUsers();
    try (CapturedLog log = CapturedLog.ofServer()) {
      RawClient stream = listen(server, basic("cleaner:sesame"));
      readUntil(stream, "event: sample");
      RawClient boss = connect(server);
      boss.send("AUTH boss sesame\r\nACL DELUSER cleaner\r\n".getBytes(UTF_8));
      assertThat(boss.read(9)).isEqualTo("+OK\r\n:1\r\n".getBytes(UTF_8));
      stream.rest(); // Comes to an end.
      assertThat(log.lines()).hasSize(1);
    }
  }

  // ---- actions ----

  @Test
  void clear() throws IOException {
    SpeicherServer server = start();
    RawClient client = connect(server);
    client.send("SET a 1\r\n".getBytes(UTF_8));
    client.read(5);
    assertThat(ask(server, "POST /api/v1/clear", token(server)))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("\r\n\r\nall items were deleted\n");
    client.send("GET a\r\n".getBytes(UTF_8));
    assertThat(client.read(5)).isEqualTo("$-1\r\n".getBytes(UTF_8));
  }

  @Test
  void resetCounters() throws IOException {
    SpeicherServer server = start();
    RawClient client = connect(server);
    client.send("GET a\r\n".getBytes(UTF_8));
    client.read(5);
    assertThat(ask(server, "GET /api/v1/status")).contains("\"get_misses\":1");
    assertThat(ask(server, "POST /api/v1/reset-counters", token(server)))
        .startsWith("HTTP/1.1 200 OK\r\n");
    assertThat(ask(server, "GET /api/v1/status")).contains("\"get_misses\":0");
  }

  @Test
  void closeConnection() throws IOException {
    SpeicherServer server = start();
    RawClient client = connect(server);
    client.send("CLIENT ID\r\n".getBytes(UTF_8));
    String id = readUntil(client, "\r\n").substring(1).strip();
    String post = "POST /api/v1/close-connection?id=";
    String token = token(server);
    assertThat(ask(server, post + "x", token)).startsWith("HTTP/1.1 400 ");
    assertThat(ask(server, post + Long.MAX_VALUE, token)).startsWith("HTTP/1.1 404 ");
    assertThat(ask(server, post + id, token)).startsWith("HTTP/1.1 200 ");
    assertThat(client.rest()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clear", "reset-counters", "close-connection?id=1"})
  void action_ofAForeignPage(String action) throws IOException {
    SpeicherServer server = start();
    String post = "POST /api/v1/" + action;
    String wrong = "X-Speicher-Token: " + "0".repeat(32);
    assertThat(ask(server, post)).startsWith("HTTP/1.1 403 ").contains("/api/v1/session");
    assertThat(ask(server, post, wrong)).startsWith("HTTP/1.1 403 ");
    assertThat(ask(server, post, token(server), "Origin: http://evil.example"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(ask(server, "GET /api/v1/" + action, token(server))).startsWith("HTTP/1.1 405 ");
  }

  @Test
  void action_needsTheRight() throws IOException {
    SpeicherServer server = startWithUsers();
    String token = token(server);
    try (CapturedLog log = CapturedLog.ofServer()) {
      assertThat(ask(server, "POST /api/v1/clear", token)).startsWith("HTTP/1.1 401 ");
      assertThat(ask(server, "POST /api/v1/reset-counters", token, basic("cleaner:sesame")))
          .startsWith("HTTP/1.1 403 ")
          .endsWith("the user cleaner has no permission for this\n");
      assertThat(ask(server, "POST /api/v1/clear", token, basic("cleaner:sesame")))
          .startsWith("HTTP/1.1 200 ");
      assertThat(ask(server, "POST /api/v1/reset-counters", token, basic("boss:sesame")))
          .startsWith("HTTP/1.1 200 ");
      assertThat(log.lines())
          .anyMatch(line -> line.contains("administrative command=clear by=cleaner"))
          .anyMatch(line -> line.contains("administrative command=reset-counters by=boss"));
    }
  }

  // ---- who asks ----

  /** Who says a name is that user, even where everybody may look. */
  @Test
  void session() throws IOException {
    SpeicherServer server = startWithUsers();
    assertThat(ask(server, "GET /api/v1/session"))
        .contains("{\"user\":\"default\",\"may_administer\":false,\"may_clear\":false,");
    assertThat(ask(server, "GET /api/v1/session", basic("boss:sesame")))
        .contains("{\"user\":\"boss\",\"may_administer\":true,\"may_clear\":true,");
    assertThat(ask(server, "GET /api/v1/session", basic("cleaner:sesame")))
        .contains("{\"user\":\"cleaner\",\"may_administer\":false,\"may_clear\":true,");
  }

  /** A browser asks for a name and a password where the person in front of it wants to log in. */
  @Test
  void login() throws IOException {
    SpeicherServer server = startWithUsers();
    String person = "Accept: text/html,*/*";
    assertThat(ask(server, "GET /login", person))
        .startsWith("HTTP/1.1 401 ")
        .contains("\r\nWWW-Authenticate: Basic realm=\"speicher\", charset=\"UTF-8\"\r\n");
    assertThat(ask(server, "GET /login", person, basic("cleaner:sesame")))
        .startsWith("HTTP/1.1 401 ")
        .contains("\r\nWWW-Authenticate: Basic realm=\"speicher\", charset=\"UTF-8\"\r\n");
    assertThat(ask(server, "GET /login", person, basic("boss:sesame")))
        .startsWith("HTTP/1.1 303 ")
        .contains("\r\nLocation: /\r\n");
    assertThat(ask(server, "GET /api/v1/clients", "X-Requested-With: XMLHttpRequest"))
        .startsWith("HTTP/1.1 401 ")
        .doesNotContain("Basic");
  }
}
