package io.speicher.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a page in a browser can make that send to a server: no command in it is executed, whatever
 * the method, the path, the body and the way that the body is sent. A page may choose all of these
 * but a few methods, and by a name server of its own it is even of the same origin.
 */
@Timeout(300)
final class BrowserIT {
  private static final List<String> PATHS =
      List.of("/", "/evil", "http://localhost/evil", "/" + "x".repeat(9_000));

  /** Each would delete what is there or add to it. */
  private static final List<String> BODIES =
      List.of(
          "FLUSHALL\r\n",
          "SET evil 1\r\n",
          "*1\r\n$8\r\nFLUSHALL\r\n",
          "flush_all\r\n",
          "set evil 0 0 1\r\n1\r\nms evil 1\r\n1\r\n",
          "\u0080\u0008" + "\u0000".repeat(22),
          frame("{\"command\":\"RST\"}"));

  private static SpeicherServer server;

  private enum Sending {
    LENGTH("Content-Length: %d\r\n\r\n"),
    CHUNKS("Transfer-Encoding: chunked\r\n\r\n%x\r\n"),
    UPGRADE("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: %d\r\n\r\n"),
    NOTHING_SAID("\r\n");

    private final String header;

    Sending(String header) {
      this.header = header;
    }

    String request(String method, String path, String body) {
      return method
          + " "
          + path
          + " HTTP/1.1\r\nHost: evil.example:14567\r\nOrigin: http://evil.example:14567\r\n"
          + "Content-Type: text/plain\r\n"
          + header.formatted(body.length())
          + body
          + (this == CHUNKS ? "\r\n0\r\n\r\n" : "");
    }
  }

  private static String frame(String json) {
    return "\u0000\u0000\u0000" + (char) json.length() + json;
  }

  @BeforeAll
  static void startServer() throws IOException {
    server =
        SpeicherServer.start(
            TestSettings.of(2, Transport.best()).withOtherPorts(0, 0),
            new SegmentStore(64 << 20, Ticker.system()));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "patch", "get", "post", "x",
        "SET", "set", "DEL", "delete", "FLUSHALL", "flush_all", "gets", "mg", "ms", "!x", "+x",
        "1", "$5", "~", "'", "|", "*", "*1", "_", "QUIT"
      })
  void nothingIsExecuted(String method) throws IOException {
    List<Integer> ports =
        List.of(
            server.port(),
            server.redisAddress().orElseThrow().getPort(),
            server.memcachedAddress().orElseThrow().getPort());
    try (RawClient client = new RawClient(server.port())) {
      ask(client, "FLUSHALL\r\nSET precious 1\r\n", "+OK\r\n+OK\r\n");
      for (int port : ports) {
        for (String path : PATHS) {
          for (String body : BODIES) {
            for (Sending sending : Sending.values()) {
              String request = sending.request(method, path, body);
              send(port, request + request); // Over a connection that is kept.
              ask(client, "GET precious\r\nDBSIZE\r\n", "$1\r\n1\r\n:1\r\n");
            }
          }
        }
      }
    }
  }

  private static void ask(RawClient client, String request, String reply) throws IOException {
    client.send(request.getBytes(US_ASCII));
    assertThat(client.read(reply.length())).asString(US_ASCII).isEqualTo(reply);
  }

  /** Returns when the server has ended the connection: until then it might execute something. */
  private static void send(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException e) {
      // The server has closed while there was more to read, which is a reset.
    }
  }
}
