package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.speicher.client.exception.BreakerOpenException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.testing.DeafPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers see of servers that are wrong, slow, or not there. */
@Timeout(20)
final class ResilienceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  // Another server behind the port.

  @ParameterizedTest
  @CsvSource({
    "'-ERR Protocol error: unbalanced quotes in request', speaks Redis's protocol (RESP)",
    "'-NOAUTH Authentication required.', speaks Redis's protocol (RESP)",
    "'ERROR', speaks memcached's protocol",
    "'HTTP/1.1 400 Bad Request', speaks HTTP",
    "'SSH-2.0-OpenSSH_9.2', speaks SSH",
    "'220 mail.example.org ESMTP', does not speak Speicher's protocol"
  })
  void otherServer_hint(String answer, String hint) {
    try (FakeServer other =
        FakeServer.startRaw(peer -> {
          peer.payload();
          peer.send((answer + "\r\n").getBytes(UTF_8));
          peer.awaitEnd();
        })) {
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> other.client().build())
          .withMessageContaining("reason=what listens there " + hint);
    }
  }

  @Test
  void otherServer_tls() {
    try (FakeServer other =
        FakeServer.startRaw(peer -> {
          peer.payload();
          peer.send((byte) 0x15, (byte) 3, (byte) 1, (byte) 0, (byte) 2, (byte) 2, (byte) 10);
          peer.awaitEnd();
        })) {
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> other.client().build())
          .withMessageContaining("use speichers:// or tls()");
    }
  }

  @Test
  void otherServer_silent() {
    try (FakeServer other = FakeServer.startRaw(FakeServer.Peer::awaitEnd)) {
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> other.client().connectTimeout(Duration.ofMillis(50)).build())
          .withMessageContaining("reason=");
    }
  }

  @Test
  void login_refused() {
    try (FakeServer server =
        FakeServer.startRaw(peer -> {
          assertThat(peer.payload())
              .isEqualTo("{\"command\":\"AUTH\",\"user\":\"ann\",\"password\":\"secret\"}");
          peer.reply("{\"status_code\":401,\"message\":\"wrong user or password\"}");
          peer.awaitEnd();
        })) {
      assertThatExceptionOfType(ConnectFailedException.class)
          .isThrownBy(() -> server.client().login("ann", "secret").build())
          .withMessageContaining("the server refused the login: wrong user or password");
    }
  }

  // No server.

  @Test
  void lazy_startsWithoutAServer() throws Exception {
    int port;
    try (DeafPort deaf = new DeafPort();
        Strings client = new Strings(lazy(deaf.port()))) {
      port = deaf.port();
      assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> client.get("k"));
      assertThat(open(client).get("k")).isNull();
    }
    try (Strings client = new Strings(lazy(port));
        FakeServer server = FakeServer.start(port, FakeServer.correct())) {
      assertThat(server.port()).isEqualTo(port);
      while (!isSet(client)) {
        Thread.onSpinWait();
      }
      assertThat(client.get("k")).isEqualTo("v");
    }
  }

  private static SpeicherBuilder lazy(int port) {
    return Speicher.builder().host("127.0.0.1").port(port).connect(ConnectMode.LAZY);
  }

  private static Cache<String> open(Strings client) {
    return client.speicher.cache("", Codec.string(), o -> o.onFailure(OnFailure.MISS));
  }

  private static boolean isSet(Strings client) {
    try {
      return client.set("k", "v");
    } catch (ConnectFailedException e) {
      return false;
    }
  }

  @Test
  void away_failsFast() throws Exception {
    try (DeafPort deaf = new DeafPort();
        Strings client = new Strings(lazy(deaf.port()))) {
      assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> client.get("k"));
      // If one of these waited for an attempt to connect, it would take 40 ms and more.
      long startNanos = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> client.get("k"));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(PATIENCE);
    }
  }

  /** Whoever is at the first address, the second one is tried. */
  @Test
  void addresses_areAllTried() {
    try (FakeServer server = FakeServer.startCorrect();
        Strings client = new Strings(server.client().host("localhost").port(server.port()))) {
      assertThat(client.set("k", "v")).isTrue();
    }
  }

  // Slow servers.

  @Test
  void deadlines_whileManyWait() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (FakeServer server = FakeServer.start(peer -> mayAnswer.await());
        Strings client = new Strings(server.client())) {
      List<CompletableFuture<?>> patient = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        patient.add(client.getAsync("k"));
      }
      Strings impatient = client.withTimeout(Duration.ofMillis(50));
      long startNanos = System.nanoTime();
      CompletableFuture<@Nullable String> async = impatient.getAsync("k");
      CommandTimeoutException timeout =
          catchThrowableOfType(CommandTimeoutException.class, () -> impatient.get("k"));
      failure(CommandTimeoutException.class, async);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);

      assertThat(timeout).hasMessageEndingWith("(expected: within 50)");
      assertThat(millis).isBetween(50L, 5_000L);
      assertThat(patient).noneMatch(CompletableFuture::isDone);
      mayAnswer.countDown();
    }
  }

  @Test
  void heartbeat_findsADeadConnection() throws Exception {
    CountDownLatch beaten = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(2);
    try (FakeServer server =
            FakeServer.start(peer -> {
              second.countDown();
              if (peer.index() == 0) {
                assertThat(peer.request().command()).isEqualTo("PING");
                beaten.countDown();
                peer.awaitEnd(); // As a firewall that has forgotten the connection.
              } else {
                FakeServer.correct().serve(peer);
              }
            });
        Strings client =
            new Strings(
                server.client().heartbeat(Duration.ofMillis(20)).timeout(Duration.ofMillis(500)))) {
      beaten.await();
      second.await();
      assertThat(client.withTimeout(PATIENCE).set("k", "v")).isTrue();
      assertThat(server.connectionCount()).isEqualTo(2);
    }
  }

  @Test
  void breaker_opensAndCloses() throws Exception {
    AtomicBoolean answers = new AtomicBoolean();
    try (FakeServer server =
            FakeServer.start(peer -> {
              while (true) {
                peer.payload();
                if (answers.get()) {
                  peer.reply(FakeServer.MISS);
                } else {
                  return;
                }
              }
            });
        Strings client =
            new Strings(server.client().breaker(Breaker.after(2, Duration.ofMillis(200))))) {
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> client.get("k"));
      }
      assertThatExceptionOfType(BreakerOpenException.class)
          .isThrownBy(() -> client.get("k"))
          .withMessageStartingWith("get not sent, the breaker is open: server=127.0.0.1:");
      failure(BreakerOpenException.class, client.getAsync("k"));

      answers.set(true);
      SpeicherException failure = tryUntilAnswered(client);
      assertThat(failure).isInstanceOf(BreakerOpenException.class);
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("k")).isNull();
      }
    }
  }

  /** Returns what the last call failed with before one was answered. */
  private static @Nullable SpeicherException tryUntilAnswered(Strings client) {
    SpeicherException failure = null;
    while (true) {
      try {
        client.get("k");
        return failure;
      } catch (SpeicherException e) {
        failure = e;
      }
    }
  }

  @Test
  void retryReads() throws Exception {
    try (FakeServer server =
            FakeServer.start(peer -> {
              peer.payload();
              if (peer.index() % 2 == 1) {
                peer.reply("{\"status_code\":200,\"value\":\"v\"}");
                peer.payload();
              }
            });
        Strings client = new Strings(server.client().retryReads(true))) {
      assertThat(client.get("k")).isEqualTo("v");
      assertThatExceptionOfType(ConnectionLostException.class)
          .as("a write is not sent again")
          .isThrownBy(() -> client.set("k", "v"));
      assertThat(client.getAsync("k").get()).isEqualTo("v");
    }
  }

  // Several connections.

  @Test
  void connections_shareTheKeys() throws Exception {
    try (FakeServer server = FakeServer.start(FakeServer.correct());
        Strings client = new Strings(server.client().connections(3))) {
      for (int i = 0; i < 100; i++) {
        client.setAsync("k" + i, "v" + i).get();
      }
      for (int i = 0; i < 100; i++) {
        assertThat(client.get("k" + i)).isEqualTo("v" + i);
      }
      assertThat(server.connectionCount()).isEqualTo(3);
    }
  }

  // Listeners.

  @Test
  void listener_isTold() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    ClientListener listener =
        new ClientListener() {
          @Override
          public void connected(String server) {
            told.add("connected");
          }

          @Override
          public void disconnected(String server, String reason) {
            told.add("disconnected: " + reason);
          }

          @Override
          public void completed(
              String cache, String operation, long nanos, @Nullable SpeicherException failure) {
            String outcome = failure == null ? "well" : failure.getClass().getSimpleName();
            told.add(cache + " " + operation + " " + outcome + (nanos > 0 ? "" : " too fast"));
          }
        };
    try (FakeServer server =
            FakeServer.start(peer -> {
              peer.payload();
              peer.reply(FakeServer.MISS);
              peer.payload();
            });
        Speicher speicher = server.client().listener(listener).build()) {
      assertThat(told.take()).isEqualTo("connected");
      Cache<String> users = speicher.cache("users", Codec.string());
      assertThat(users.get("k")).isNull();
      failure(ConnectionLostException.class, users.async().set("k", "v"));

      assertThat(told.take()).isEqualTo("users get well");
      assertThat(List.of(told.take(), told.take()))
          .containsExactlyInAnyOrder(
              "users set ConnectionLostException",
              "disconnected: the server closed the connection");
    }
  }

  /** The caller's thread is where a trace goes on; the reply comes on another one. */
  @Test
  void listeners_areToldOfTheStart_onTheCallersThread() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    Thread caller = Thread.currentThread();
    try (FakeServer server = FakeServer.startCorrect();
        Speicher speicher =
            server
                .client()
                .namespace("staging:")
                .listener(started("first", told, caller))
                .listener(started("second", told, caller))
                .build()) {
      speicher.cache("users", Codec.string()).async().set("k", "v").join();
      String call = "Call[server=127.0.0.1:" + server.port() + ", namespace=staging:, cache=users,";
      assertThat(told.take()).startsWith("first true " + call).endsWith("operation=set]");
      assertThat(told.take()).startsWith("second true " + call);
      assertThat(told.take()).isEqualTo("first has ended: null");
      assertThat(told.take()).isEqualTo("second has ended: null");
    }
  }

  private static ClientListener started(String name, BlockingQueue<String> told, Thread caller) {
    return new ClientListener() {
      @Override
      public Completion started(Call call) {
        told.add(name + " " + (Thread.currentThread() == caller) + " " + call);
        return (nanos, failure) -> told.add(name + " has ended: " + failure);
      }
    };
  }

  @Test
  void load_findsWhatAnotherHasStored_sinceItMissed() throws Exception {
    AtomicReference<@Nullable Runnable> afterMiss = new AtomicReference<>();
    ClientListener listener =
        new ClientListener() {
          @Override
          public void completed(
              String cache, String operation, long nanos, @Nullable SpeicherException failure) {
            Runnable meanwhile = afterMiss.getAndSet(null);
            if (meanwhile != null) {
              meanwhile.run();
            }
          }
        };
    try (FakeServer server = FakeServer.startCorrect();
        Speicher speicher = server.client().listener(listener).build()) {
      Cache<String> cache = speicher.cache("texts", Codec.string());
      afterMiss.set(() -> assertThat(cache.get("k", key -> "first")).isEqualTo("first"));
      assertThat(cache.get("k", key -> "second")).isEqualTo("first");
      assertThat(cache.stats().loads()).isEqualTo(1);
    }
  }
}
