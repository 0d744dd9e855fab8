package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.speicher.client.exception.CallInterruptedException;
import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.QueueFullException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.testing.DeafPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, time, and servers that come and go. */
@Timeout(20)
@SuppressWarnings("try") // Some tests are about closing a resource early.
final class DispatcherTest {
  private static final Duration SHORT = Duration.ofMillis(30);

  /** Reads commands at once, and answers them when it may. */
  private final CountDownLatch mayAnswer = new CountDownLatch(1);

  private FakeServer startWaiting() {
    FakeServer.Script correct = FakeServer.correct();
    return FakeServer.start(peer -> {
      mayAnswer.await();
      correct.serve(peer);
    });
  }

  private static <T> FutureTask<T> start(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  // Many threads on one connection.

  @Test
  void threads_getTheirOwnReplies() throws Exception {
    int rounds = 200;
    try (FakeServer server = FakeServer.startCorrect();
        Strings client = new Strings(server.client())) {
      List<FutureTask<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String name = "thread-" + i;
        tasks.add(start(() -> useMixed(client, name, rounds)));
      }
      for (FutureTask<Integer> task : tasks) {
        assertThat(task.get()).isEqualTo(rounds);
      }
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  private static int useMixed(Strings client, String name, int rounds) throws Exception {
    for (int i = 0; i < rounds; i++) {
      String key = name + "-" + i % 7;
      String value = name + "=" + i + "x".repeat(i % 100);
      CompletableFuture<Boolean> set = client.setAsync(key, value);
      CompletableFuture<@Nullable String> get = client.getAsync(key);
      assertThat(client.get(key)).isEqualTo(value);
      assertThat(get.get()).isEqualTo(value);
      assertThat(set.get()).isTrue();
      assertThat(client.get(name)).isNull();
      assertThat(client.delete(key)).isTrue();
      assertThat(client.delete(key)).isFalse();
    }
    return rounds;
  }

  @Test
  void commands_arePipelined() throws Exception {
    int commandCount = 1_000;
    try (FakeServer server =
            FakeServer.start(peer -> {
              for (int i = 0; i < commandCount; i++) {
                peer.payload();
              }
              for (int i = 0; i < commandCount; i++) {
                peer.reply("{\"status_code\":200,\"value\":" + i + "}");
              }
              peer.awaitEnd();
            });
        Strings client = new Strings(server.client())) {
      List<CompletableFuture<@Nullable String>> futures = new ArrayList<>();
      for (int i = 0; i < commandCount; i++) {
        futures.add(client.getAsync("k"));
      }
      for (int i = 0; i < commandCount; i++) {
        assertThat(futures.get(i).get()).isEqualTo(String.valueOf(i));
      }
    }
  }

  @Test
  void largeValues_arePipelined() throws Exception {
    String value = "x".repeat(1 << 20);
    try (FakeServer server = FakeServer.startCorrect();
        Strings client = new Strings(server.client())) {
      List<CompletableFuture<@Nullable String>> futures = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        client.setAsync("k" + i, value + i);
        futures.add(client.getAsync("k" + i));
      }
      for (int i = 0; i < 12; i++) {
        assertThat((value + i).equals(futures.get(i).get())).isTrue();
      }
    }
  }

  // Callbacks.

  @Test
  void close_endsTheThreads() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      Thread callback = inCallback(client, () -> Thread.currentThread()).get();
      assertThat(callback.getName()).startsWith("speicher-callback-127.0.0.1:" + server.port());
      assertThat(callback.isDaemon()).isTrue();
      Thread own = ownThread(server);

      client.close();

      own.join();
      callback.join();
    }
  }

  private static Thread ownThread(FakeServer server) {
    String name = "speicher-client-127.0.0.1:" + server.port();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findAny()
        .orElseThrow();
  }

  /** Runs {@code work} in a callback, once the server answers. */
  private <T> CompletableFuture<T> inCallback(Strings client, Supplier<T> work) {
    CompletableFuture<T> result =
        client.cache.async().get("nope").thenApply(answered -> work.get());
    mayAnswer.countDown();
    return result;
  }

  @Test
  void blockingCall_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      assertThat(inCallback(client, () -> client.set("k", "v")).get()).isTrue();
      assertThat(client.get("k")).isEqualTo("v");
    }
  }

  /** What a callback throws is its future's business, and the interrupt that it leaves nobody's. */
  @Test
  void callback_throwsAnErrorAndLeavesAnInterrupt() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      CompletableFuture<?> callback =
          inCallback(
              client,
              () -> {
                Thread.currentThread().interrupt();
                throw new StackOverflowError("in a callback");
              });

      failure(StackOverflowError.class, callback);
      assertThat(client.setAsync("k", "v").get()).isTrue();
      assertThat(client.get("k")).isEqualTo("v");
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void codec_throwsAnError() throws Exception {
    try (FakeServer server = FakeServer.startCorrect();
        Strings client = new Strings(server.client())) {
      Codec<String> broken =
          Codec.of(
              value -> value.getBytes(UTF_8),
              bytes -> {
                throw new OutOfMemoryError("in a codec");
              });
      client.set("k", "1");

      failure(OutOfMemoryError.class, client.with(broken).async().get("k"));
      assertThat(client.get("k")).isEqualTo("1");
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void asyncCall_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      assertThat(inCallback(client, () -> client.setAsync("k", "v")).get().get()).isTrue();
    }
  }

  @Test
  void close_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      CompletableFuture<CompletableFuture<?>> closed =
          inCallback(
              client,
              () -> {
                client.close();
                return client.getAsync("k");
              });

      assertThat(failure(ClosedException.class, closed.get()).maybeExecuted()).isFalse();
    }
  }

  /** Neither callers that wait nor other callbacks are held up by callbacks that block. */
  @Test
  void callbacks_thatBlock() throws Exception {
    CountDownLatch mayReturn = new CountDownLatch(1);
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      List<CompletableFuture<Boolean>> blocked = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        blocked.add(client.getAsync("k").thenApply(answered -> await(mayReturn)));
      }
      mayAnswer.countDown(); // Not before, or callbacks might run in this thread.
      assertThat(client.set("k", "v")).isTrue();
      assertThat(client.getAsync("k").thenApply(value -> value + "!").get()).isEqualTo("v!");
      assertThat(blocked).noneMatch(CompletableFuture::isDone);

      mayReturn.countDown();
      for (CompletableFuture<Boolean> callback : blocked) {
        assertThat(callback.get()).isTrue();
      }
    }
  }

  /** With nowhere else to go, callbacks run where replies are received. */
  @Test
  void callbackExecutor_thatRefuses() throws Exception {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("in a test");
        };
    try (FakeServer server = FakeServer.startCorrect();
        Strings client = new Strings(server.client().callbackExecutor(refusing))) {
      Thread thread = client.getAsync("k").thenApply(value -> Thread.currentThread()).get();
      assertThat(client.getAsync("k").get()).isNull();
      assertThat(thread).isIn(ownThread(server), Thread.currentThread());
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void failure_showsTheCaller() {
    try (FakeServer server = FakeServer.start(peer -> peer.payload());
        Strings client = new Strings(server.client())) {
      assertThatExceptionOfType(ConnectionLostException.class)
          .isThrownBy(() -> client.get("k"))
          .satisfies(e ->
              assertThat(e.getStackTrace())
                  .anyMatch(frame -> frame.getMethodName().contains("failure_showsTheCaller")));
    }
  }

  // Time.

  @Test
  void timeout_lateReplyIsThrownAway() throws Exception {
    Queue<Integer> answered = new ConcurrentLinkedQueue<>();
    try (FakeServer server =
            FakeServer.start(peer -> {
              for (int i = 0; true; i++) {
                peer.payload();
                if (i == 0) {
                  mayAnswer.await();
                }
                answered.add(i);
                peer.reply("{\"status_code\":200,\"value\":" + i + "}");
              }
            });
        Strings client = new Strings(server.client())) {
      CommandTimeoutException e =
          catchThrowableOfType(
              CommandTimeoutException.class, () -> client.withTimeout(SHORT).get("k"));
      assertThat(e.maybeExecuted()).isTrue();
      CompletableFuture<@Nullable String> next = client.getAsync("k");
      mayAnswer.countDown();

      assertThat(next.get()).isEqualTo("1");
      assertThat(client.get("k")).isEqualTo("2");
      assertThat(answered).containsExactly(0, 1, 2);
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void timeout_ofTheClient_keepsAConnectionThatReceives() throws Exception {
    CountDownLatch timedOut = new CountDownLatch(1);
    try (FakeServer server =
            FakeServer.start(peer -> {
              peer.payload();
              peer.payload();
              peer.reply("{\"status_code\":200,\"value\":0}");
              timedOut.await();
              peer.reply("{\"status_code\":200,\"value\":1}");
              peer.payload();
              peer.reply("{\"status_code\":200,\"value\":2}");
              peer.awaitEnd();
            });
        Strings client = new Strings(server.client().timeout(Duration.ofMillis(500)))) {
      CompletableFuture<@Nullable String> first =
          client.withTimeout(Duration.ofSeconds(10)).getAsync("k");
      CompletableFuture<@Nullable String> second = client.getAsync("k");

      assertThat(first.get()).isEqualTo("0");
      failure(CommandTimeoutException.class, second);
      timedOut.countDown();
      assertThat(client.get("k")).isEqualTo("2");
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void timeout_ofEachCall() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      CompletableFuture<@Nullable String> patient = client.getAsync("k");
      CompletableFuture<@Nullable String> impatient = client.withTimeout(SHORT).getAsync("k");

      failure(CommandTimeoutException.class, impatient);
      assertThat(patient).isNotDone();
      mayAnswer.countDown();
      assertThat(patient.get()).isNull();
    }
  }

  @Test
  void timeout_beforeItIsSent() throws Exception {
    AtomicInteger received = new AtomicInteger();
    int commandCount = 64;
    try (FakeServer server =
            FakeServer.start(peer -> {
              mayAnswer.await();
              while (true) {
                if (peer.request().command().equals("SET")) {
                  received.incrementAndGet();
                }
                peer.reply(FakeServer.DONE);
              }
            });
        Strings client = new Strings(server.client().maxPendingBytes(1L << 30))) {
      // More than the network takes from a client whose server does not read.
      String value = "x".repeat(1 << 20);
      List<CompletableFuture<?>> futures = new ArrayList<>();
      for (int i = 0; i < commandCount; i++) {
        futures.add(client.withTimeout(Duration.ofMillis(500)).setAsync("k", value));
      }
      assertThat(failure(CommandTimeoutException.class, futures.get(0)).maybeExecuted()).isTrue();
      CommandTimeoutException last =
          failure(CommandTimeoutException.class, futures.get(commandCount - 1));
      assertThat(last.maybeExecuted()).isFalse();

      mayAnswer.countDown();
      client.ping();
      assertThat(received).hasPositiveValue().hasValueLessThan(commandCount);
    }
  }

  @Test
  void interrupt_whileWaiting() throws Exception {
    CountDownLatch received = new CountDownLatch(1);
    try (FakeServer server =
            FakeServer.start(peer -> {
              peer.payload();
              received.countDown();
              mayAnswer.await();
              peer.reply("{\"status_code\":200,\"value\":\"late\"}");
              FakeServer.correct().serve(peer);
            });
        Strings client = new Strings(server.client())) {
      CompletableFuture<Thread> caller = new CompletableFuture<>();
      FutureTask<Boolean> task =
          start(() -> {
            caller.complete(Thread.currentThread());
            CallInterruptedException e =
                catchThrowableOfType(CallInterruptedException.class, () -> client.get("k"));
            assertThat(e.maybeExecuted()).isTrue();
            assertThat(e).hasMessageStartingWith("get interrupted: server=");
            return Thread.currentThread().isInterrupted();
          });
      received.await();
      caller.get().interrupt();

      assertThat(task.get()).isTrue();
      mayAnswer.countDown();
      assertThat(client.get("k")).isNull();
    }
  }

  /** A channel that is written to by an interrupted thread could be closed for everybody. */
  @Test
  void interrupt_beforeTheCall() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      CompletableFuture<Boolean> others = client.setAsync("k", "v");
      FutureTask<Boolean> task =
          start(() -> {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(CallInterruptedException.class)
                .isThrownBy(() -> client.get("k"));
            return Thread.currentThread().isInterrupted();
          });

      assertThat(task.get()).isTrue();
      mayAnswer.countDown();
      assertThat(others.get()).isTrue();
      assertThat(client.get("k")).isEqualTo("v");
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void cancel_replyIsThrownAway() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      CompletableFuture<?> cancelled = client.cache.async().set("k", "v");
      CompletableFuture<Boolean> kept = client.deleteAsync("nope");
      cancelled.cancel(true);
      mayAnswer.countDown();

      assertThat(kept.get()).isFalse();
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  // Bounds.

  @Test
  void maxPendingBytes_areOfCommandsWithoutReply() throws Exception {
    String value = "v".repeat(10_000);
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client().maxPendingBytes(35_000))) {
      // Two whose callers give up: the client keeps them until their replies have come.
      Strings impatient = client.withTimeout(Duration.ofMillis(500));
      failure(CommandTimeoutException.class, impatient.setAsync("k", value));
      failure(CommandTimeoutException.class, impatient.setAsync("k", value));
      CompletableFuture<Boolean> last = client.setAsync("k", value);

      QueueFullException e =
          catchThrowableOfType(QueueFullException.class, () -> client.set("k", value));
      assertThat(e.maybeExecuted()).isFalse();
      assertThat(e).hasMessageContaining("(expected: at most maxPendingBytes=35000;");
      failure(QueueFullException.class, client.setAsync("k", value));
      CompletableFuture<?> small = client.deleteAsync("k");
      assertThat(last).isNotDone();

      mayAnswer.countDown();
      assertThat(last.get()).isTrue();
      small.get();
      for (int i = 0; i < 10; i++) {
        client.set("k", value);
      }
    }
  }

  /** A caller that is alone writes to the socket itself, and is not held up by it. */
  @Test
  void timeout_blockingCallToAServerThatDoesNotRead() throws Exception {
    try (FakeServer server = startWaiting();
        Strings client = new Strings(server.client())) {
      String value = "x".repeat(24 << 20); // More than sockets hold.
      Strings impatient = client.withTimeout(Duration.ofMillis(500));
      CommandTimeoutException e =
          catchThrowableOfType(CommandTimeoutException.class, () -> impatient.set("k", value));
      assertThat(e.maybeExecuted()).isTrue();
      e = catchThrowableOfType(CommandTimeoutException.class, () -> impatient.set("k", "next"));
      assertThat(e.maybeExecuted()).as("the socket takes no more").isFalse();

      mayAnswer.countDown();
      assertThat(value.equals(client.get("k"))).isTrue();
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void maxPendingBytes_comeBackWhateverHappens() throws Exception {
    try (FakeServer server = FakeServer.start(0, peer -> peer.payload());
        Strings client = new Strings(server.client().maxPendingBytes(1))) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> client.get("k"));
      }
      server.close();
      // The first may still find the old connection, if it was not yet seen to end.
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(SpeicherException.class)
            .isThrownBy(() -> client.get("k"))
            .isNotInstanceOf(QueueFullException.class);
      }
    }
  }

  // Closing.

  @Test
  void close_whileInFlight() throws Exception {
    CountDownLatch received = new CountDownLatch(2);
    CountDownLatch ended = new CountDownLatch(1);
    try (FakeServer server =
            FakeServer.start(peer -> {
              for (int i = 0; i < 2; i++) {
                peer.payload();
                received.countDown();
              }
              try {
                peer.send((byte) 0); // The first byte of a reply.
                peer.awaitEnd();
              } finally {
                ended.countDown(); // A reset is an end, too: the client may not have read the byte.
              }
            });
        Strings client = new Strings(server.client())) {
      CompletableFuture<?> async = client.setAsync("k", "v");
      FutureTask<ClosedException> blocking =
          start(() -> catchThrowableOfType(ClosedException.class, () -> client.get("k")));
      received.await();

      client.close();

      assertThat(failure(ClosedException.class, async).maybeExecuted()).isTrue();
      assertThat(blocking.get().maybeExecuted()).isTrue();
      ended.await();
    }
  }

  @Test
  void close_whileThreadsCall() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (FakeServer server = FakeServer.startCorrect();
          Strings client = new Strings(server.client())) {
        CountDownLatch called = new CountDownLatch(4);
        List<FutureTask<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          tasks.add(start(() -> useUntilClosed(client, called)));
        }
        called.await();
        client.close();
        for (FutureTask<Boolean> task : tasks) {
          assertThat(task.get()).isTrue();
        }
      }
    }
  }

  private static boolean useUntilClosed(Strings client, CountDownLatch called) {
    try {
      while (true) {
        client.set("k", "v");
        called.countDown();
      }
    } catch (ClosedException e) {
      return true;
    }
  }

  /** An event loop that ends may drop a task that it has accepted. */
  @Test
  void close_whileThreadsSubmit() throws Exception {
    for (int round = 0; round < 10; round++) {
      try (FakeServer server = FakeServer.startCorrect();
          Strings client = new Strings(server.client().maxPendingBytes(100_000))) {
        List<FutureTask<@Nullable Throwable>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          tasks.add(start(() -> submitUntilClosed(client)));
        }
        client.close();
        for (FutureTask<@Nullable Throwable> task : tasks) {
          assertThat(task.get() instanceof CommandTimeoutException).isFalse();
        }
      }
    }
  }

  /** Returns what became of the last command that the client took. */
  private static @Nullable Throwable submitUntilClosed(Strings client) throws Exception {
    CompletableFuture<@Nullable Throwable> taken = submit(client);
    CompletableFuture<@Nullable Throwable> next = submit(client);
    while (!next.isDone() || !(next.get() instanceof ClosedException)) {
      taken = next;
      next = submit(client);
    }
    return taken.get();
  }

  private static CompletableFuture<@Nullable Throwable> submit(Strings client) {
    return client.cache.async().set("k", "v").handle((done, failure) -> failure);
  }

  // Servers that are not there.

  @Test
  void connect_refused() throws Exception {
    try (DeafPort deaf = new DeafPort()) {
      ConnectFailedException e =
          catchThrowableOfType(
              ConnectFailedException.class, () -> Speicher.connect("127.0.0.1", deaf.port()));
      assertThat(e.maybeExecuted()).isFalse();
      assertThat(e)
          .hasMessage(
              "cannot connect: server=127.0.0.1:"
                  + deaf.port()
                  + " reason=Connection refused (expected: a Speicher server that listens there;"
                  + " check host and port, or start one with `speicher server`)");
    }
  }

  @Test
  void connect_noAnswer() throws Exception {
    connectWithoutAnswer(client ->
        assertThatExceptionOfType(ConnectFailedException.class)
            .isThrownBy(() -> client.connectTimeout(Duration.ofMillis(50)).build())
            .withMessageContaining(" reason=no answer within 50 ms "));
  }

  @Test
  void connect_interrupted() throws Exception {
    connectWithoutAnswer(client -> {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(CallInterruptedException.class).isThrownBy(client::build);
      assertThat(Thread.interrupted()).isTrue();
    });
  }

  private static void connectWithoutAnswer(Consumer<SpeicherBuilder> test) throws IOException {
    // A backlog that is full: the kernel leaves further attempts unanswered.
    List<SocketChannel> backlog = new ArrayList<>();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        backlog.add(channel);
        channel.configureBlocking(false);
        channel.connect(socket.getLocalSocketAddress());
      }
      test.accept(Speicher.builder().host("127.0.0.1").port(socket.getLocalPort()));
    } finally {
      for (SocketChannel channel : backlog) {
        channel.close();
      }
    }
  }

  @Test
  void connect_unknownHost() {
    String host = "x".repeat(64); // One more than a label of a name can have.
    assertThatExceptionOfType(ConnectFailedException.class)
        .isThrownBy(() -> Speicher.connect(host, 14567))
        .withMessageStartingWith("cannot connect: server=" + host + ":14567 reason=unknown host");
  }

  @Test
  void server_diesAndComesBack() throws Exception {
    CountDownLatch received = new CountDownLatch(1);
    FakeServer mortal =
        FakeServer.start(
            0,
            peer -> {
              peer.payload();
              received.countDown();
              peer.awaitEnd();
            });
    try (mortal;
        Strings client = new Strings(mortal.client())) {
      CompletableFuture<?> inFlight = client.setAsync("k", "v");
      received.await();
      int port = mortal.port();
      mortal.close();
      assertThat(failure(ConnectionLostException.class, inFlight).maybeExecuted()).isTrue();

      // A call fails as soon as the next attempt does, and later ones need not wait for that.
      ConnectFailedException e =
          catchThrowableOfType(ConnectFailedException.class, () -> client.get("k"));
      assertThat(e.maybeExecuted()).isFalse();
      assertThat(e)
          .hasMessageStartingWith("get not sent, cannot connect: server=127.0.0.1:" + port);
      for (int i = 0; i < 100; i++) {
        failure(ConnectFailedException.class, client.getAsync("k"));
      }
      failure(ConnectFailedException.class, client.getAsync("k"));

      try (FakeServer reborn = FakeServer.start(port, FakeServer.correct())) {
        assertThat(reborn.port()).isEqualTo(port);
        assertThat(getOnceConnected(client)).as("what was sent is not sent again").isNull();
        assertThat(client.set("k", "v")).isTrue();
      }
    }
  }

  private static @Nullable String getOnceConnected(Strings client) {
    while (true) {
      try {
        return client.get("k");
      } catch (ConnectFailedException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void builder_isReusable() {
    try (FakeServer server = FakeServer.startCorrect()) {
      SpeicherBuilder builder = server.client();
      try (Strings one = new Strings(builder);
          Strings two = new Strings(builder)) {
        one.set("k", "v");
        assertThat(two.get("k")).isEqualTo("v");
        one.close();
        assertThat(two.get("k")).isEqualTo("v");
      }
    }
  }
}
