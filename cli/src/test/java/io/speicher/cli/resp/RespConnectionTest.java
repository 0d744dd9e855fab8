package io.speicher.cli.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RespConnectionTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(50);

  private static RespConnection open(FakeRespServer server, Duration timeout) throws IOException {
    return RespConnection.open(new Address.Port("127.0.0.1", server.port()), null, timeout);
  }

  @Test
  void call() throws Exception {
    try (FakeRespServer server = FakeRespServer.knowing("GET ü", FakeRespServer.bulk("v"));
        RespConnection connection = open(server, LONG)) {
      assertThat(connection.call("GET", "ü").text()).isEqualTo("v");
      assertThat(connection.call("NOPE").isError()).isTrue();
      assertThatExceptionOfType(ServerErrorException.class)
          .isThrownBy(() -> connection.ask("NOPE"))
          .satisfies(e -> assertThat(e.code()).isEqualTo("ERR"));
      assertThat(server.commands()).containsExactly("GET ü", "NOPE", "NOPE");
    }
  }

  @Test
  void call_large() throws Exception {
    String value = "x".repeat(10_000_000);
    try (FakeRespServer server = FakeRespServer.answering(FakeRespServer::bulk);
        RespConnection connection = open(server, LONG)) {
      assertThat(connection.call("ECHO", value).text().length()).isEqualTo(10_000_005);
    }
  }

  @Test
  void askAll_readsAllReplies() throws Exception {
    try (FakeRespServer server =
            FakeRespServer.knowing("A", ":1\r\n", "B", "-ERR b\r\n", "C", ":3\r\n");
        RespConnection connection = open(server, LONG)) {
      assertThatExceptionOfType(ServerErrorException.class)
          .isThrownBy(() ->
              connection.askAll(
                  List.of(
                      RespConnection.bytes("A"),
                      RespConnection.bytes("B"),
                      RespConnection.bytes("C"))))
          .withMessage("ERR b");
      assertThat(connection.call("A").number()).isEqualTo(1);
    }
  }

  // Who asks.

  @Test
  void login() throws Exception {
    try (FakeRespServer server = FakeRespServer.knowing("AUTH alice secret", "+OK\r\n");
        RespConnection connection = open(server, LONG)) {
      connection.login(new Login("alice", "secret"));
      assertThatExceptionOfType(ServerErrorException.class)
          .isThrownBy(() -> connection.login(new Login("bob", "secret")));
    }
  }

  /** As Redis was before version 6. */
  @Test
  void login_whereThereAreNoUsers() throws Exception {
    try (FakeRespServer server =
            FakeRespServer.knowing(
                "AUTH default secret",
                "-ERR wrong number of arguments for 'auth' command\r\n",
                "AUTH secret",
                "+OK\r\n");
        RespConnection connection = open(server, LONG)) {
      connection.login(new Login("default", "secret"));
      assertThat(server.commands()).endsWith("AUTH secret");
    }
  }

  // What goes wrong.

  @Test
  void nothingListens() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThatExceptionOfType(NoConnectionException.class)
        .isThrownBy(() -> RespConnection.open(new Address.Port("127.0.0.1", port), null, LONG));
  }

  @Test
  void noAnswer() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(command -> "");
        RespConnection connection = open(server, SHORT)) {
      assertThatExceptionOfType(NoAnswerException.class).isThrownBy(() -> connection.call("PING"));
    }
  }

  @Test
  void hangUp() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(command -> null);
        RespConnection connection = open(server, LONG)) {
      assertThatExceptionOfType(EOFException.class).isThrownBy(() -> connection.call("PING"));
    }
  }

  @Test
  void interrupt() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(command -> "");
        RespConnection connection = open(server, LONG)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> connection.call("PING"));
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void awaitInput() throws Exception {
    try (FakeRespServer server = FakeRespServer.knowing("PING", "+PONG\r\n+AGAIN\r\n");
        RespConnection connection = open(server, LONG)) {
      assertThat(connection.awaitInput(Duration.ZERO)).isFalse();
      connection.call("PING");
      assertThat(connection.awaitInput(LONG)).isTrue();
      assertThat(connection.receive().text()).isEqualTo("AGAIN");
    }
  }
}
