package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.speicher.protocol.Command;
import io.speicher.protocol.json.JsonCommandEncoder;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.DeafPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
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
        SpeicherClient client = server.client().build()) {
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

  private static int useMixed(SpeicherClient client, String name, int rounds) throws Exception {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
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

  // The client's own thread.

  @Test
  void ownThread_endsWithTheClient() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      Thread own = onOwnThread(client, pong -> Thread.currentThread()).get();
      assertThat(own.getName()).startsWith("speicher-client-");
      assertThat(own.isDaemon()).isTrue();

      client.close();

      own.join();
    }
  }

  /** Runs {@code work} on the client's own thread, in a callback. */
  private <T> CompletableFuture<T> onOwnThread(
      SpeicherClient client, Function<@Nullable Void, T> work) {
    CompletableFuture<T> result = client.pingAsync().thenApply(work);
    mayAnswer.countDown();
    return result;
  }

  @Test
  void blockingCall_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      CompletableFuture<?> blocking = onOwnThread(client, pong -> client.set("k", "v"));

      assertThat(failure(IllegalStateException.class, blocking))
          .hasMessageStartingWith("set would wait for itself")
          .hasMessageContaining("setAsync");
      assertThat(client.get("k")).isNull();
    }
  }

  /** What a callback throws is its future's business, and the interrupt that it leaves nobody's. */
  @Test
  void callback_throwsAnErrorAndLeavesAnInterrupt() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      CompletableFuture<?> callback =
          onOwnThread(
              client,
              pong -> {
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
        SpeicherClient client = server.client().build()) {
      Cache<String> broken =
          client.with(
              Codec.of(
                  value -> value,
                  json -> {
                    throw new OutOfMemoryError("in a codec");
                  }));
      broken.set("k", "1");

      failure(OutOfMemoryError.class, broken.getAsync("k"));
      assertThat(client.get("k")).isEqualTo("1");
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  /**
   * A command that makes the client itself fail, twice: when it is answered, and when it is lost.
   */
  @Test
  @SuppressWarnings("NullAway") // Null is what makes it fail.
  void ownThread_survivesAFaultOfItsOwn() {
    try (CapturedLog log = new CapturedLog(Dispatcher.class.getName());
        FakeServer server = FakeServer.startCorrect();
        SpeicherClient client = server.client().build()) {
      ByteBuffer frame = new JsonCommandEncoder().encode(new Command.Ping());
      Settings settings = client.dispatcher.settings();
      client.dispatcher.submit(
          new PendingCommand<>(
              null, frame, settings.server(), settings.timeoutNanos(), Function.identity()),
          false);

      while (server.connectionCount() < 2) {
        Thread.onSpinWait();
      }
      assertThat(client.set("k", "v")).isTrue();
      assertThat(client.get("k")).isEqualTo("v");
      assertThat(log.lines()).isNotEmpty();
    }
  }

  @Test
  void asyncCall_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      CompletableFuture<CompletableFuture<Boolean>> async =
          onOwnThread(client, pong -> client.setAsync("k", "v"));

      assertThat(async.get().get()).isTrue();
    }
  }

  @Test
  void close_inCallback() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      CompletableFuture<CompletableFuture<?>> closed =
          onOwnThread(
              client,
              pong -> {
                CompletableFuture<?> pending = client.getAsync("k");
                client.close();
                return pending;
              });

      assertThat(failure(ClosedException.class, closed.get()).maybeExecuted()).isFalse();
    }
  }

  @Test
  void blockingCall_whileCallbackHoldsTheThread() throws Exception {
    CountDownLatch mayReturn = new CountDownLatch(1);
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      CountDownLatch held = new CountDownLatch(1);
      CompletableFuture<Boolean> callback =
          onOwnThread(
              client,
              pong -> {
                held.countDown();
                return await(mayReturn);
              });
      held.await();

      CommandTimeoutException e =
          catchThrowableOfType(
              CommandTimeoutException.class, () -> client.withTimeout(SHORT).set("k", "late"));
      assertThat(e.maybeExecuted()).isTrue();
      CompletableFuture<Boolean> async = client.setAsync("k", "later");
      assertThat(async.cancel(true)).isTrue();

      mayReturn.countDown();
      assertThat(callback.get()).isTrue();
      assertThat(client.get("k")).as("a caller that is alone sends by itself").isEqualTo("late");
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().timeout(Duration.ofMillis(500)).build()) {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
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
        SpeicherClient client = server.client().build()) {
      CompletableFuture<Boolean> cancelled = client.setAsync("k", "v");
      CompletableFuture<Boolean> kept = client.deleteAsync("nope");
      cancelled.cancel(true);
      mayAnswer.countDown();

      assertThat(kept.get()).isFalse();
      assertThat(server.connectionCount()).isEqualTo(1);
    }
  }

  // Bounds.

  @Test
  void queueFull() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().maxPending(3).build()) {
      // Two whose callers give up: the client keeps them until their replies have come.
      Cache<String> impatient = client.withTimeout(SHORT);
      failure(CommandTimeoutException.class, impatient.getAsync("k"));
      failure(CommandTimeoutException.class, impatient.getAsync("k"));
      CompletableFuture<Boolean> last = client.setAsync("k", "v");

      QueueFullException e = catchThrowableOfType(QueueFullException.class, () -> client.get("k"));
      assertThat(e.maybeExecuted()).isFalse();
      assertThat(e).hasMessageContaining("(expected: at most maxPending=3;");
      failure(QueueFullException.class, client.setAsync("k", "w"));
      assertThat(last).isNotDone();

      mayAnswer.countDown();
      assertThat(last.get()).isTrue();
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("k")).isEqualTo("v");
      }
    }
  }

  /** A caller that is alone writes to the socket itself, and is not held up by it. */
  @Test
  void timeout_blockingCallToAServerThatDoesNotRead() throws Exception {
    try (FakeServer server = startWaiting();
        SpeicherClient client = server.client().build()) {
      String value = "x".repeat(24 << 20); // More than sockets hold.
      Cache<String> impatient = client.withTimeout(Duration.ofMillis(500));
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
  void queueFull_roomComesBackWhateverHappens() throws Exception {
    try (FakeServer server = FakeServer.start(0, peer -> peer.payload());
        SpeicherClient client = server.client().maxPending(1).build()) {
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
        SpeicherClient client = server.client().build()) {
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
          SpeicherClient client = server.client().build()) {
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

  private static boolean useUntilClosed(SpeicherClient client, CountDownLatch called) {
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
    for (int round = 0; round < 30; round++) {
      try (FakeServer server = FakeServer.startCorrect();
          SpeicherClient client = server.client().build()) {
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
  private static @Nullable Throwable submitUntilClosed(SpeicherClient client) throws Exception {
    CompletableFuture<@Nullable Throwable> taken = submit(client);
    CompletableFuture<@Nullable Throwable> next = submit(client);
    while (!next.isDone() || !(next.get() instanceof ClosedException)) {
      taken = next;
      next = submit(client);
    }
    return taken.get();
  }

  private static CompletableFuture<@Nullable Throwable> submit(SpeicherClient client) {
    return client.setAsync("k", "v").handle((done, failure) -> failure);
  }

  // Servers that are not there.

  @Test
  void connect_refused() throws Exception {
    try (DeafPort deaf = new DeafPort()) {
      ConnectFailedException e =
          catchThrowableOfType(
              ConnectFailedException.class, () -> SpeicherClient.connect("127.0.0.1", deaf.port()));
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

  private static void connectWithoutAnswer(Consumer<SpeicherClient.Builder> test)
      throws IOException {
    // A backlog that is full: the kernel leaves further attempts unanswered.
    List<SocketChannel> backlog = new ArrayList<>();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        backlog.add(channel);
        channel.configureBlocking(false);
        channel.connect(socket.getLocalSocketAddress());
      }
      test.accept(SpeicherClient.builder().host("127.0.0.1").port(socket.getLocalPort()));
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
        .isThrownBy(() -> SpeicherClient.connect(host, 14567))
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
        SpeicherClient client = mortal.client().build()) {
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
        assertThat(client.getAsync("k")).isCompletedExceptionally();
      }
      failure(ConnectFailedException.class, client.getAsync("k"));

      try (FakeServer reborn = FakeServer.start(port, FakeServer.correct())) {
        assertThat(reborn.port()).isEqualTo(port);
        assertThat(getOnceConnected(client)).as("what was sent is not sent again").isNull();
        assertThat(client.set("k", "v")).isTrue();
      }
    }
  }

  private static @Nullable String getOnceConnected(SpeicherClient client) {
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
      SpeicherClient.Builder builder = server.client();
      try (SpeicherClient one = builder.build();
          SpeicherClient two = builder.build()) {
        one.set("k", "v");
        assertThat(two.get("k")).isEqualTo("v");
        one.close();
        assertThat(two.get("k")).isEqualTo("v");
      }
    }
  }
}
