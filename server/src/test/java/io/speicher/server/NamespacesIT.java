package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Namespace;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Namespaces and tags over RESP and memcached, and what HTTP tells of them. A line of a test is a
 * command and its reply, whose lines are separated by blanks.
 */
final class NamespacesIT {
  private SpeicherServer server;
  private Socket socket;
  private BufferedReader in;

  @BeforeEach
  void connect() throws IOException {
    server =
        SpeicherServer.start(
            ServerSettings.DEFAULT
                .withPort(0)
                .with(ServerSettings.NAMESPACE, List.of(new Namespace("users:", 0, 60_000, 0))),
            new SegmentStore(8 << 20, Ticker.system()));
    socket = new Socket(server.address().getAddress(), server.port());
    socket.setSoTimeout(10_000);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    server.close();
  }

  private void expect(String... commandsAndReplies) throws IOException {
    for (int i = 0; i < commandsAndReplies.length; i += 2) {
      String expected = commandsAndReplies[i + 1];
      int lines = expected.startsWith("-") ? 1 : expected.split(" ", -1).length;
      assertThat(ask(commandsAndReplies[i], lines)).as(commandsAndReplies[i]).isEqualTo(expected);
    }
  }

  private String ask(String command, int lines) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(ISO_8859_1));
    StringBuilder reply = new StringBuilder(in.readLine());
    for (int i = 1; i < lines; i++) {
      reply.append(' ').append(in.readLine());
    }
    return reply.toString();
  }

  private String page(String path) throws IOException {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    try (InputStream page = uri.toURL().openStream()) {
      return new String(page.readAllBytes(), UTF_8);
    }
  }

  @Test
  void clear_ofANamespace() throws IOException {
    expect(
        "SET users:1 a", "+OK",
        "SET other 1", "+OK",
        "SPEICHER CLEAR NAMESPACE users:", "+OK",
        "GET users:1", "$-1",
        "GET other", "$1 1",
        "SPEICHER CLEAR NAMESPACE none:",
            "-ERR no such namespace: SPEICHER NAMESPACE CREATE declares it",
        "SPEICHER CLEAR NAMESPACE none",
            "-ERR a prefix is text that ends in a delimiter such as : or / and has no control"
                + " characters",
        "SPEICHER CLEAR NAMESPACE a: b:", "-ERR syntax error",
        "SPEICHER CLEAR EVERYTHING a:", "-ERR syntax error");
  }

  @Test
  void namespace_isChangedWhileTheServerRuns() throws IOException {
    expect(
        "SPEICHER NAMESPACE CREATE a: TTL 100000", "+OK",
        "SPEICHER NAMESPACE CREATE a:",
            "-ERR the namespace is declared already: SPEICHER NAMESPACE ALTER changes it",
        "SET a:1 v", "+OK",
        "TTL a:1", ":100",
        "PERSIST a:1", ":1",
        "TTL a:1", ":100",
        "SPEICHER NAMESPACE ALTER a: MAXTTL 50000", "+OK",
        "SET a:1 v EX 70", "+OK",
        "TTL a:1", ":50",
        "SET x v", "+OK",
        "RENAME x a:x", "+OK",
        "TTL a:x", ":50",
        "SPEICHER NAMESPACE ALTER b:",
            "-ERR no such namespace: SPEICHER NAMESPACE CREATE declares it",
        "SPEICHER NAMESPACE CREATE c: JITTER 91",
            "-ERR jitter out of bounds: percent=91 (expected: 0..90)",
        "SPEICHER NAMESPACE CREATE c: TTL", "-ERR syntax error",
        "SPEICHER NAMESPACE DROP a: b:", "-ERR syntax error",
        "SPEICHER NAMESPACE DROP a:", "+OK",
        "SET a:1 v", "+OK",
        "TTL a:1", ":-1",
        "TTL users:1", ":-2");
  }

  @Test
  void tags_ofItems() throws IOException {
    expect(
        "SPEICHER SET k v EX 100 TAGS 2 a b", "+OK",
        "TTL k", ":100",
        "SPEICHER SET k w XX GET TAGS 1 c", "$1 v",
        "SPEICHER CLEAR TAG a b", "+OK",
        "APPEND k x", ":2",
        "COPY k k2", ":1",
        "SETRANGE k2 0 y", ":2",
        "SPEICHER CLEAR TAG c", "+OK",
        "EXISTS k k2", ":0",
        "SPEICHER TAG k a", ":0",
        "SET k v", "+OK",
        "SPEICHER TAG k a", ":1",
        "INCREX k", "-ERR value is not an integer or out of range",
        "EXPIRE k 100", ":1",
        "SPEICHER CLEAR TAG a", "+OK",
        "GET k", "$-1",
        "SPEICHER SET k v TAGS 2 a", "-ERR TAGS is followed by a number from 1 to 16 and the tags",
        "SPEICHER SET k v TAGS 0", "-ERR TAGS is followed by a number from 1 to 16 and the tags",
        "SPEICHER SET k v TAGS 1 a NX", "+OK",
        "SPEICHER SET k v FOO", "-ERR syntax error");
  }

  @Test
  void transaction_clearsAndSets() throws IOException {
    expect(
        "MULTI", "+OK",
        "SPEICHER SET k v TAGS 1 a", "+QUEUED",
        "SPEICHER CLEAR TAG a", "+QUEUED",
        "GET k", "+QUEUED",
        "EXEC", "*3 +OK +OK $-1");
  }

  @Test
  void figures_areShownEverywhere() throws IOException {
    expect("SET users:1 abc", "+OK", "GET users:1", "$3 abc", "GET users:2", "$-1");
    String namespace = "prefix=users:,items=1,bytes=";
    String figures = ",hits=1,misses=1,sets=1,evicted=0,expired=0";
    String info = ask("INFO namespaces", 4);
    assertThat(info).contains(namespace).contains(figures);
    String list = ask("SPEICHER NAMESPACE LIST", 2);
    assertThat(list).isEqualTo("*1 *24");

    assertThat(page("/metrics"))
        .contains("speicher_namespaces 1\n")
        .contains("speicher_namespace_items{namespace=\"users:\"} 1\n")
        .contains("speicher_namespace_misses_total{namespace=\"users:\"} 1\n");
    assertThat(page("/api/v1/namespaces"))
        .startsWith("{\"namespaces\":[{\"namespace\":\"users:\",\"ttl_ms\":0,\"max_ttl_ms\":60000")
        .endsWith("\"counting\":false}]}");
    try (Socket memcached = new Socket(server.address().getAddress(), server.port())) {
      memcached.getOutputStream().write("stats namespaces\r\nquit\r\n".getBytes(ISO_8859_1));
      assertThat(new String(memcached.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("STAT namespace:0:prefix users:\r\nSTAT namespace:0:items 1\r\n")
          .endsWith("END\r\n");
    }
  }
}
