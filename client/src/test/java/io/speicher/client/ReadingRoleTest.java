package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.exception.CallInterruptedException;
import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.MalformedReplyException;
import io.speicher.client.exception.SpeicherException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A caller who is alone reads its own reply, and everything that can come between: the server
 * answers each key with itself, except those that tell it to do something else.
 */
@Timeout(30)
final class ReadingRoleTest {
  /** So many lone calls are enough for the next one to be read by its caller. */
  private static final int LONE_CALLS = 100;

  private static final String MISS = FakeServer.MISS;

  /** How many replies to {@code hold} may be sent. */
  private final Semaphore mayAnswer = new Semaphore(0);

  /** One for each {@code hold} that the server has got. */
  private final Semaphore isHeld = new Semaphore(0);

  private final FakeServer server =
      FakeServer.start(peer -> {
        while (true) {
          FakeServer.Request request = peer.request();
          switch (request.key()) {
            case "hold" -> {
              isHeld.release();
              mayAnswer.acquire();
              peer.reply(echo(request));
            }
            case "cut" -> {
              return;
            }
            case "garbage" -> {
              peer.reply("garbage");
              peer.awaitEnd();
              return;
            }
            default -> peer.reply(request.command().equals("GET") ? echo(request) : MISS);
          }
        }
      });

  private final Strings client = new Strings(server.client());

  private static String echo(FakeServer.Request request) {
    return "{\"status_code\":200,\"value\":\"" + request.key() + "\"}";
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void callAlone() {
    for (int i = 0; i < LONE_CALLS; i++) {
      assertThat(client.get("k" + i)).isEqualTo("k" + i);
    }
  }

  /** Begins a call that is alone and whose reply does not come, and waits until it is read for. */
  private Caller<String> hold(Strings caller) throws Exception {
    while (true) {
      Caller<String> held =
          new Caller<>(() -> {
            callAlone();
            return caller.get("hold");
          });
      isHeld.acquire();
      if (held.awaitReading()) {
        return held;
      }
      mayAnswer.release(); // It came so late after the one before that the I/O thread reads again.
      held.thread.join();
    }
  }

  /** A thread that calls. */
  private static final class Caller<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    Caller(Callable<T> work) {
      task = new FutureTask<>(work);
      thread = new Thread(task, "caller");
      thread.setDaemon(true);
      thread.start();
    }

    boolean reads() {
      return Arrays.stream(thread.getStackTrace())
          .filter(frame -> frame.getClassName().endsWith(".ReadingRole"))
          .anyMatch(frame -> frame.getMethodName().equals("await"));
    }

    /** Waits until it reads, or returns false if it waits for another thread to do so. */
    boolean awaitReading() {
      while (!reads()) {
        if (task.isDone() || thread.getState() == Thread.State.TIMED_WAITING) {
          return false;
        }
        Thread.onSpinWait();
      }
      return true;
    }

    T get() throws Exception {
      return task.get();
    }

    <E extends Throwable> E failure(Class<E> type) {
      return assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(task::get)
          .havingCause()
          .asInstanceOf(InstanceOfAssertFactories.type(type))
          .actual();
    }
  }

  @Test
  void caller_readsItsOwnReply() throws Exception {
    for (int i = 0; i < 3; i++) {
      Caller<String> held = hold(client);
      mayAnswer.release();
      assertThat(held.get()).isEqualTo("hold");
    }
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void others_areAnsweredWhenTheReaderLeaves() throws Exception {
    for (int i = 0; i < 20; i++) {
      Caller<String> held = hold(client);
      Caller<String> waits = new Caller<>(() -> client.get("other"));
      CompletableFuture<?> future = client.getAsync("future");
      Caller<String> last = new Caller<>(() -> client.get("last"));
      mayAnswer.release();
      assertThat(held.get()).isEqualTo("hold");
      assertThat(waits.get()).isEqualTo("other");
      assertThat(future.get()).isEqualTo("future");
      assertThat(last.get()).isEqualTo("last");
    }
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void others_areAnsweredWhenTheReaderTimesOut() throws Exception {
    Caller<String> held = hold(client.withTimeout(Duration.ofMillis(50)));
    CompletableFuture<?> future = client.getAsync("future");
    held.failure(CommandTimeoutException.class);
    assertThat(future).isNotDone();
    mayAnswer.release();
    assertThat(future.get()).isEqualTo("future");
    callAlone();
  }

  @Test
  void timeout_isKept() {
    callAlone();
    long startNanos = System.nanoTime();
    Strings hasty = client.withTimeout(Duration.ofMillis(50));
    assertThatExceptionOfType(CommandTimeoutException.class).isThrownBy(() -> hasty.get("hold"));
    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
    mayAnswer.release();
    callAlone(); // The late reply is recognised.
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void interrupt_endsTheCallAndNotTheConnection() throws Exception {
    for (int i = 0; i < 5; i++) {
      Caller<String> held = hold(client);
      held.thread.interrupt();
      CallInterruptedException e = held.failure(CallInterruptedException.class);
      assertThat(e.maybeExecuted()).isTrue();
      mayAnswer.release();
    }
    callAlone();
    assertThat(server.connectionCount()).isEqualTo(1);
  }

  @Test
  void connection_isLost() {
    for (int i = 0; i < 5; i++) {
      callAlone();
      assertThatExceptionOfType(ConnectionLostException.class)
          .isThrownBy(() -> client.get("cut"))
          .withMessageContaining("the server closed the connection")
          .withStackTraceContaining("ReadingRoleTest");
    }
    callAlone();
    assertThat(server.connectionCount()).isEqualTo(6);
  }

  @Test
  void reply_makesNoSense() {
    callAlone();
    assertThatExceptionOfType(MalformedReplyException.class)
        .isThrownBy(() -> client.get("garbage"));
    callAlone();
  }

  @Test
  void client_isClosed() throws Exception {
    Caller<String> held = hold(client);
    client.close();
    held.failure(ClosedException.class);
  }

  /** Nobody reads between two calls, and yet the end of the connection is seen. */
  @Test
  void connection_isLostBetweenCalls() throws Exception {
    Semaphore mayCut = new Semaphore(0);
    CountDownLatch isBack = new CountDownLatch(2);
    try (FakeServer cutting =
            FakeServer.start(peer -> {
              isBack.countDown();
              for (int i = 0; i < LONE_CALLS; i++) {
                peer.reply(echo(peer.request()));
              }
              mayCut.acquire();
            });
        Strings idle = new Strings(cutting.client())) {
      for (int i = 0; i < LONE_CALLS; i++) {
        idle.get("k");
      }
      mayCut.release();
      isBack.await();
    }
  }

  /** Waiting on a selector would pin the carrier of a virtual thread. */
  @Test
  void virtualThread_leavesReadingToTheIoThread() throws Exception {
    Method start;
    try {
      start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    } catch (NoSuchMethodException e) {
      Assumptions.abort("there are no virtual threads before Java 21");
      return;
    }
    callAlone();
    FutureTask<String> task = new FutureTask<>(() -> client.get("hold"));
    Thread thread = (Thread) start.invoke(null, task);
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(task.isDone()).isFalse();
      Thread.onSpinWait();
    }
    assertThat(thread.getStackTrace())
        .noneMatch(frame -> frame.getClassName().endsWith(".ReadingRole"));
    mayAnswer.release();
    assertThat(task.get()).isEqualTo("hold");
  }

  /** Calls alone and in company, with cuts, timeouts and interrupts: each gets its own reply. */
  @Test
  void torture() throws Exception {
    long seed = System.nanoTime();
    long endNanos = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
    ReentrantLock alone = new ReentrantLock();
    List<Caller<Long>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SplittableRandom random = new SplittableRandom(seed + i);
      String name = "caller-" + i + "-";
      callers.add(
          new Caller<>(() -> {
            long answers = 0;
            for (int round = 0; System.nanoTime() - endNanos < 0; round++) {
              answers += callOften(random, alone, name + round + "-");
            }
            return answers;
          }));
    }
    SplittableRandom random = new SplittableRandom(seed - 1);
    while (System.nanoTime() - endNanos < 0) {
      mayAnswer.release();
      callers.get(random.nextInt(callers.size())).thread.interrupt();
      Thread.onSpinWait();
      assertAnsweredOrLost(client.getAsync("future"));
    }
    for (Caller<Long> caller : callers) {
      assertThat(caller.get()).as("seed %d", seed).isPositive();
    }
  }

  private static void assertAnsweredOrLost(CompletableFuture<?> future) throws Exception {
    try {
      assertThat(future.get()).isEqualTo("future");
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(SpeicherException.class);
    }
  }

  /** A burst of calls, half of them with nobody beside them, and how many were answered. */
  private long callOften(SplittableRandom random, ReentrantLock alone, String name) {
    long answers = 0;
    boolean isAlone = random.nextBoolean();
    Strings hasty = client.withTimeout(Duration.ofMillis(1));
    if (isAlone) {
      alone.lock();
    }
    try {
      for (int i = random.nextInt(60); i > 0; i--) {
        String key = name + i;
        if (random.nextInt(200) == 0) {
          key = "cut";
        } else if (random.nextInt(200) == 0) {
          key = "hold";
        }
        try {
          assertThat((random.nextInt(20) == 0 ? hasty : client).get(key)).isEqualTo(key);
          answers++;
        } catch (CallInterruptedException e) {
          assertThat(Thread.interrupted()).isTrue();
        } catch (SpeicherException e) {
          assertThat(e)
              .isInstanceOfAny(
                  ConnectionLostException.class,
                  CommandTimeoutException.class,
                  ConnectFailedException.class);
        }
      }
    } finally {
      if (isAlone) {
        alone.unlock();
      }
    }
    return answers;
  }
}
