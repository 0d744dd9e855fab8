package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.speicher.client.FakeServer.Peer;
import io.speicher.client.FakeServer.Script;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.MalformedReplyException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.client.exception.SpeicherException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server can do wrong on a connection. Each server does it on its first connection and
 * serves well on the next, so that every test sees the client recover.
 */
@Timeout(20)
final class ConnectionTest {
  private static final String DONE = FakeServer.DONE;
  private static final String TOO_MANY =
      "{\"status_code\":503,\"message\":\"too many connections\"}";

  private final CountDownLatch firstEnded = new CountDownLatch(1);
  private FakeServer server = FakeServer.startCorrect();
  private Strings client = new Strings(server.client());

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** A server that does {@code first} on the first connection and then waits for its end. */
  private void serve(Script first) {
    serve(Duration.ofSeconds(10), first);
  }

  private void serve(Duration timeout, Script first) {
    stop();
    Script correct = FakeServer.correct();
    server =
        FakeServer.start(peer -> {
          if (peer.index() == 0) {
            try {
              first.serve(peer);
              peer.awaitEnd();
            } finally {
              firstEnded.countDown();
            }
          } else {
            correct.serve(peer);
          }
        });
    client = new Strings(server.client().timeout(timeout));
  }

  private void assertRecovers() throws InterruptedException {
    firstEnded.await();
    Strings patient = client.withTimeout(Duration.ofSeconds(10));
    assertThat(patient.set("k", "v")).isTrue();
    assertThat(patient.get("k")).isEqualTo("v");
    assertThat(server.connectionCount()).isEqualTo(2);
  }

  private static byte[] frame(int length, String payload) {
    byte[] bytes = payload.getBytes(UTF_8);
    return ByteBuffer.allocate(4 + bytes.length).putInt(length).put(bytes).array();
  }

  // Greetings.

  /** A node of a cluster knows no tracking, and says so with another status than an old server. */
  @ParameterizedTest
  @ValueSource(ints = {400, 501})
  void tracking_unknown(int statusCode) {
    try (FakeServer untracked =
            FakeServer.startRaw(peer -> {
              String first = peer.request().command();
              if (first.equals("TRK")) {
                peer.reply("{\"status_code\":" + statusCode + "}");
                peer.greet();
              } else {
                peer.reply(DONE);
              }
              FakeServer.correct().serve(peer);
            });
        Speicher speicher = untracked.client().build()) {
      Cache<String> near = speicher.cache("", Codec.string(), o -> o.near(new Untold()));
      near.set("k", "v");
      assertThat(near.get("k")).isEqualTo("v");
    }
  }

  /** Keeps nothing. */
  private static final class Untold implements NearCaching {
    @Override
    public <V> Cache<V> of(Cache<V> far, Changes changes) {
      return far;
    }
  }

  // Replies that make no sense.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nope",
        " ",
        "[]",
        "200",
        "{}",
        "{\"status_code\":200",
        "{\"status_code\":200} {}",
        "{\"status_code\":\"200\",\"value\":1}",
        "{\"status_code\":null}",
        "{\"status_code\":2e2,\"value\":1}",
        "{\"status_code\":100}",
        "{\"status_code\":302}",
        "{\"status_code\":600}",
        "{\"status_code\":200,\"value\":01}",
        DONE,
      })
  void get_malformedReply(String payload) throws Exception {
    serve(peer -> {
      peer.payload();
      peer.reply(payload);
    });
    assertMalformed(() -> client.get("k"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, (32 << 20) + 1, Integer.MAX_VALUE})
  void get_frameLengthOutOfBounds(int length) throws Exception {
    serve(peer -> {
      peer.payload();
      peer.send(frame(length, ""));
    });
    assertMalformed(() -> client.get("k"));
  }

  /** A frame that is announced and never comes costs a timeout and no memory. */
  @Test
  void get_longFrameThatDoesNotCome() throws Exception {
    serve(
        Duration.ofMillis(150),
        peer -> {
          peer.payload();
          peer.send(frame(32 << 20, "{"));
        });
    assertThatThrownBy(() -> client.get("k")).isInstanceOf(CommandTimeoutException.class);
    assertThatThrownBy(() -> client.get("k")).isInstanceOf(SpeicherException.class);
    assertRecovers();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void get_randomBytes(long seed) throws Exception {
    byte[] garbage = new byte[1_000];
    new Random(seed).nextBytes(garbage);
    garbage[0] |= (byte) 0x80; // No frame: else it might be one that is waited for.
    serve(peer -> {
      peer.payload();
      peer.send(garbage);
    });
    assertMalformed(() -> client.get("k"));
  }

  @Test
  void get_otherProtocol() throws Exception {
    serve(peer -> {
      peer.payload();
      peer.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
    });
    assertMalformed(() -> client.get("k"));
  }

  enum NeverMisses {
    SET {
      @Override
      void run(Strings client) {
        client.set("k", "v");
      }
    },
    RESET {
      @Override
      void run(Strings client) {
        client.clear();
      }
    },
    PING {
      @Override
      void run(Strings client) {
        client.ping();
      }
    };

    abstract void run(Strings client);
  }

  @ParameterizedTest
  @EnumSource
  void notFound_whereNothingIsLookedFor(NeverMisses command) throws Exception {
    serve(peer -> {
      peer.payload();
      peer.reply(FakeServer.MISS);
    });
    assertMalformed(() -> command.run(client));
  }

  private void assertMalformed(Runnable operation) throws InterruptedException {
    MalformedReplyException e = catchThrowableOfType(MalformedReplyException.class, operation::run);
    assertThat(e.maybeExecuted()).isTrue();
    assertThat(e)
        .hasMessageContaining(
            "got a malformed reply, closing the connection: server=127.0.0.1:" + server.port())
        .hasMessageContaining(" reason=");
    assertRecovers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nope", "{\"status_code\":404}"})
  void malformedReply_othersInFlight(String payload) throws Exception {
    serve(peer -> {
      for (int i = 0; i < 3; i++) {
        peer.payload();
      }
      peer.reply(DONE, payload, DONE);
    });
    CompletableFuture<Boolean> before = client.setAsync("k", "v");
    CompletableFuture<Boolean> malformed = client.setAsync("k", "v");
    CompletableFuture<Boolean> after = client.setAsync("k", "v");

    assertThat(before.get()).isTrue();
    failure(MalformedReplyException.class, malformed);
    ConnectionLostException lost = failure(ConnectionLostException.class, after);
    assertThat(lost.maybeExecuted()).isTrue();
    assertThat(lost).hasMessageContaining("reason=malformed reply: ");
    assertRecovers();
  }

  @Test
  void unaskedReply_beforeAnyCommand() throws Exception {
    serve(peer -> peer.reply(DONE));
    assertRecovers();
  }

  @Test
  void unaskedReply_afterTheLast() throws Exception {
    serve(peer -> {
      peer.payload();
      peer.reply(DONE);
      peer.reply(DONE);
    });
    client.ping();
    assertRecovers();
  }

  // Replies with bad news, on a connection that lives on.

  @ParameterizedTest
  @CsvSource({"400", "401", "451", "499"})
  void refused(int status) {
    serve(peer -> {
      peer.payload();
      peer.reply("{\"message\":\"no \\u0041\",\"status_code\":" + status + "}");
      FakeServer.correct().serve(peer);
    });
    RefusedException e =
        catchThrowableOfType(RefusedException.class, () -> client.set("secret-key", "secret"));

    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e.maybeExecuted()).isFalse();
    assertThat(e)
        .hasMessage(
            "set refused: server=127.0.0.1:"
                + server.port()
                + " statusCode="
                + status
                + " message=no A");
    assertLivesOn();
  }

  @ParameterizedTest
  @CsvSource({"500", "503", "599"})
  void failed(int status) {
    serve(peer -> {
      peer.payload();
      peer.reply("{\"status_code\":" + status + "}");
      FakeServer.correct().serve(peer);
    });
    ServerFailedException e =
        catchThrowableOfType(ServerFailedException.class, () -> client.delete("k"));

    assertThat(e.statusCode()).isEqualTo(status);
    assertThat(e.maybeExecuted()).isTrue();
    assertThat(e)
        .hasMessage(
            "delete failed: server=127.0.0.1:"
                + server.port()
                + " statusCode="
                + status
                + " message=the server gave no reason");
    assertLivesOn();
  }

  @Test
  void unknownMembers_areIgnored() {
    serve(peer -> {
      peer.payload();
      peer.reply("{\"x\":[{}],\"value\":1,\"status_code\":200}");
      peer.payload();
      peer.reply("{\"x\":[{}],\"status_code\":404,\"value\":1}");
      FakeServer.correct().serve(peer);
    });
    assertThat(client.set("k", "v")).isTrue();
    assertThat(client.get("k")).isNull();
    assertLivesOn();
  }

  @Test
  void reply_inSmallPieces() {
    serve(peer -> {
      while (true) {
        peer.payload();
        for (byte b : frame(29, "{\"status_code\":200,\"value\":1}")) {
          peer.send(b);
        }
      }
    });
    for (int i = 0; i < 20; i++) {
      assertThat(client.get("k")).isEqualTo("1");
    }
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  private void assertLivesOn() {
    assertThat(client.set("k", "v")).isTrue();
    assertThat(client.get("k")).isEqualTo("v");
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  // Connections that end.

  enum Ending {
    CLOSED("the server closed the connection") {
      @Override
      void end(Peer peer) {}
    },
    CUT("the server closed the connection in the middle of a reply") {
      @Override
      void end(Peer peer) throws IOException {
        peer.send(Arrays.copyOf(frame(19, DONE), 20));
      }
    },
    RESET("reset") {
      @Override
      void end(Peer peer) throws IOException {
        peer.reset();
      }
    };

    final String reason;

    Ending(String reason) {
      this.reason = reason;
    }

    abstract void end(Peer peer) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void connectionEnds_whileInFlight(Ending ending) throws Exception {
    stop();
    Script correct = FakeServer.correct();
    server =
        FakeServer.start(peer -> {
          if (peer.index() == 0) {
            peer.payload();
            peer.payload();
            ending.end(peer);
            firstEnded.countDown();
          } else {
            correct.serve(peer);
          }
        });
    client = new Strings(server.client());

    CompletableFuture<Boolean> first = client.setAsync("k", "v");
    CompletableFuture<Boolean> second = client.setAsync("k", "v");

    for (CompletableFuture<Boolean> future : Arrays.asList(first, second)) {
      ConnectionLostException e = failure(ConnectionLostException.class, future);
      assertThat(e.maybeExecuted()).isTrue();
      assertThat(e)
          .hasMessageStartingWith("set lost its connection: server=127.0.0.1:" + server.port())
          .hasMessageEndingWith(ending.reason);
    }
    assertThat(client.get("k")).as("what was sent is not sent again").isNull();
    assertRecovers();
  }

  @Test
  void connectionEnds_whileIdle() throws Exception {
    stop();
    Script correct = FakeServer.correct();
    server =
        FakeServer.start(peer -> {
          if (peer.index() == 0) {
            firstEnded.countDown();
          } else {
            correct.serve(peer);
          }
        });
    // The client needs no command to notice: the next connection is there by itself.
    client = new Strings(server.client());
    while (server.connectionCount() < 2) {
      Thread.onSpinWait();
    }
    assertRecovers();
  }

  @Test
  void everyConnectionEnds_atOnce() {
    stop();
    server = FakeServer.start(peer -> {});
    client = new Strings(server.client());

    assertThatThrownBy(() -> client.get("k")).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void turnedAway_beforeAnyCommand() throws Exception {
    serve(peer -> peer.reply(TOO_MANY));
    assertRecovers();
  }

  @Test
  void turnedAway_commandInFlight() throws Exception {
    stop();
    server =
        FakeServer.start(peer -> {
          peer.payload();
          peer.payload();
          peer.reply(TOO_MANY);
        });
    client = new Strings(server.client());

    CompletableFuture<?> first = client.getAsync("k");
    CompletableFuture<?> second = client.getAsync("k");

    assertThat(failure(ServerFailedException.class, first))
        .hasMessageEndingWith("statusCode=503 message=too many connections");
    failure(ConnectionLostException.class, second);
  }

  // Connections that are stuck.

  @Test
  void stuck_nothingReceived() throws Exception {
    serve(Duration.ofMillis(150), Peer::awaitEnd);
    CompletableFuture<?> timesOut = client.getAsync("k");
    CompletableFuture<?> patient = client.withTimeout(Duration.ofSeconds(10)).getAsync("k");

    CommandTimeoutException timeout = failure(CommandTimeoutException.class, timesOut);
    assertThat(timeout.maybeExecuted()).isTrue();
    assertThat(timeout)
        .hasMessageMatching(
            "get timed out: server=127.0.0.1:\\d+ elapsedMillis=\\d+ \\(expected: within 150\\)");
    ConnectionLostException lost = failure(ConnectionLostException.class, patient);
    assertThat(lost.maybeExecuted()).isTrue();
    assertThat(lost).hasMessageContaining("reason=the server sent nothing for ");
    assertRecovers();
  }

  @Test
  void stuck_halfAReply() throws Exception {
    serve(
        Duration.ofMillis(150),
        peer -> {
          peer.payload();
          peer.send(Arrays.copyOf(frame(19, DONE), 20));
        });
    // Something was received since the first command was sent, but nothing since the second.
    assertThatThrownBy(() -> client.withTimeout(Duration.ofMillis(500)).get("k"))
        .isInstanceOf(CommandTimeoutException.class);
    assertThatThrownBy(() -> client.get("k")).isInstanceOf(CommandTimeoutException.class);
    assertRecovers();
  }

  @Test
  void stuck_afterTheTimeoutOfTheClient_notOfTheCall() throws Exception {
    CountDownLatch timedOut = new CountDownLatch(1);
    serve(peer -> {
      peer.payload();
      timedOut.await();
      peer.reply(FakeServer.MISS);
      FakeServer.correct().serve(peer);
    });
    assertThatThrownBy(() -> client.withTimeout(Duration.ofMillis(20)).get("k"))
        .isInstanceOf(CommandTimeoutException.class);
    timedOut.countDown();
    assertLivesOn();
  }
}
