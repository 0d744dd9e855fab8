package io.speicher.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.cli.repl.Session.TransactionLostException;
import io.speicher.cli.resp.FakeRespServer;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionTest {
  private static List<ByteBuffer> words(String line) {
    return RespConnection.bytes(line.split(" ", -1));
  }

  private static String call(Session session, String line) throws IOException {
    return session.call(words(line)).text();
  }

  /** It is made anew with the next command, with its database and protocol. */
  @Test
  void lostConnection() throws Exception {
    try (FakeRespServer server =
            FakeRespServer.answering(command -> command.equals("gone") ? null : "+OK\r\n");
        Session session = new Session(server.connect(), server::connect, Duration.ofSeconds(20))) {
      call(session, "select 3");
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> call(session, "gone"));
      assertThat(session.isLost()).isTrue();
      assertThat(call(session, "get k")).isEqualTo("OK");
      assertThat(server.commands()).containsExactly("select 3", "gone", "SELECT 3", "get k");
    }
  }

  /** What was to be a part of a transaction is not executed without it. */
  @Test
  void lostConnection_withinATransaction() throws Exception {
    try (FakeRespServer server = FakeRespServer.answering(command -> "+OK\r\n");
        Session session = new Session(server.connect(), server::connect, Duration.ofSeconds(20))) {
      call(session, "multi");
      assertThat(session.state()).isEqualTo("(TX)");
      server.hangUp();
      assertThatExceptionOfType(TransactionLostException.class)
          .isThrownBy(() -> call(session, "set k v"))
          .withMessageContaining("nothing of it was executed");
      assertThat(session.state()).isEmpty();
      assertThat(session.isLost()).isTrue();
      assertThat(call(session, "get k")).isEqualTo("OK");
    }
  }
}
