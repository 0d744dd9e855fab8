package io.speicher.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import io.speicher.protocol.Reply;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands from all threads and brings them to the server over one connection, which it makes
 * anew whenever it is lost.
 *
 * <pre>
 *              connect                 connected
 *   start ───────────────▶ CONNECTING ───────────▶ CONNECTED
 *                           │      ▲                  │
 *       failed: the waiting │      │ the backoff      │ lost: those in flight fail
 *        commands fail      ▼      │ is over          ▼
 *                          BACKING OFF ◀──────────────┘
 *
 *   close, from anywhere: all commands fail, nothing follows
 * </pre>
 *
 * <p>A command waits until there is a connection that takes it, and then is in flight on that
 * connection alone: it is never sent twice. One that waits while the next attempt to connect fails,
 * fails with it, so that nobody waits a whole timeout for a server that is known to be away.
 *
 * <p><b>Threads.</b> Everything but {@link #submit}, {@link #await} and {@link #close} runs on the
 * one event loop, as a task of its own: no lock is needed, and no callback of a future finds a
 * queue half changed.
 *
 * <p><b>Bounds.</b> A command has a permit from {@link #submit} until its reply has come or it was
 * dropped, whether or not it has timed out meanwhile; there are {@link Settings#maxPending}
 * permits.
 */
final class Dispatcher {
  private static final System.Logger logger = System.getLogger(Dispatcher.class.getName());

  /**
   * How much longer than its timeout a blocking call waits for the event loop to say so: the loop
   * may be held up, by a callback that takes its time or by a slow name server.
   */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long {@link #close} waits for the event loop to end. */
  private static final long CLOSE_MILLIS = 1_000;

  private final Settings settings;
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("speicher-client", true), NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final Semaphore permits;
  private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  // What follows belongs to the event loop.

  private final ArrayDeque<PendingCommand<?>> waiting = new ArrayDeque<>();
  private final Backoff backoff = new Backoff(new SplittableRandom());
  private @Nullable Connection connection;
  private boolean sendScheduled;

  /** Goes off at the earliest deadline of all commands, or null when there is none. */
  private @Nullable ScheduledFuture<?> timer;

  private long timerNanos;

  private Dispatcher(Settings settings) {
    this.settings = settings;
    permits = new Semaphore(settings.maxPending());
  }

  /**
   * Waits until there is a connection.
   *
   * @throws ConnectFailedException if there is none in time
   */
  static Dispatcher open(Settings settings) {
    Dispatcher dispatcher = new Dispatcher(settings);
    try {
      dispatcher.loop.execute(dispatcher::connect);
      dispatcher.firstAttempt.get(
          TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMillis()) + GRACE_NANOS,
          TimeUnit.NANOSECONDS);
      return dispatcher;
    } catch (ExecutionException | TimeoutException e) {
      dispatcher.close();
      throw dispatcher.cannotConnect(e);
    } catch (InterruptedException e) {
      dispatcher.close();
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(
          "interrupted while connecting: server=" + settings.server(), e);
    }
  }

  Settings settings() {
    return settings;
  }

  // From any thread.

  /**
   * Brings the command on its way, or fails it at once if there is no room or the client closed.
   */
  void submit(PendingCommand<?> command) {
    if (closed.get()) {
      command.failClosed();
    } else if (!permits.tryAcquire()) {
      command.failQueueFull(settings.maxPending());
    } else {
      try {
        loop.execute(() -> accept(command));
        if (closed.get()) {
          // The loop drops without a word what is handed to it while it ends.
          group.terminationFuture().addListener(ended -> command.failClosed());
        }
      } catch (RejectedExecutionException e) {
        command.failClosed(); // It was closed just now.
      }
    }
  }

  /** Waits for what {@link #submit} has brought on its way. */
  <T> T await(PendingCommand<T> command) {
    try {
      return command.future().get(command.timeoutNanos() + GRACE_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        failure.fillInStackTrace(); // The caller's stack says more than the event loop's.
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      CommandTimeoutException failure = command.timedOut(true);
      command.fail(failure);
      throw failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CallInterruptedException failure = command.interrupted(e);
      command.fail(failure);
      throw failure;
    }
  }

  /** Whether the current thread is the event loop, which must not wait for itself. */
  boolean isOwnThread() {
    return loop.inEventLoop();
  }

  /**
   * Fails all commands and ends the event loop. Waits for that, though not for ever: a callback may
   * hold the loop up, or be the one that calls this.
   */
  void close() {
    if (closed.compareAndSet(false, true)) {
      loop.execute(this::failAll);
      group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (!isOwnThread()) {
      try {
        group.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // The loop ends all the same.
      }
    }
  }

  // On the event loop.

  private void accept(PendingCommand<?> command) {
    if (closed.get()) {
      command.failClosed();
      return;
    }
    waiting.add(command);
    watch(command.deadlineNanos());
    sendSoon();
  }

  /** Sends what waits after the tasks that are there already, so that one flush serves them all. */
  void sendSoon() {
    if (!sendScheduled) {
      sendScheduled = true;
      loop.execute(this::send);
    }
  }

  private void send() {
    sendScheduled = false;
    if (connection != null) {
      connection.send(waiting);
    }
  }

  private void connect() {
    Connection next = new Connection(this, settings);
    new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectTimeoutMillis())
        .handler(next)
        .connect(
            InetSocketAddress.createUnresolved(settings.server().host(), settings.server().port()))
        .addListener((ChannelFuture attempt) -> {
          if (!attempt.isSuccess()) {
            connectFailed(attempt.cause());
          }
        });
  }

  void connected(Connection next) {
    connection = next;
    firstAttempt.complete(true);
    send();
  }

  private void connectFailed(Throwable cause) {
    firstAttempt.completeExceptionally(cause);
    ConnectFailedException failure = cannotConnect(cause);
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      release();
      command.failNotConnected(failure);
    }
    reconnectLater();
  }

  private ConnectFailedException cannotConnect(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason;
    if (root instanceof UnknownHostException) {
      reason = "unknown host";
    } else if (root instanceof TimeoutException || root instanceof ConnectTimeoutException) {
      reason = "no answer within " + settings.connectTimeoutMillis() + " ms";
    } else {
      reason = String.valueOf(root.getMessage());
    }
    return new ConnectFailedException(
        "cannot connect: server="
            + settings.server()
            + " reason="
            + reason
            + " (expected: a Speicher server that listens there; check host and port, or start one"
            + " with `speicher server`)",
        cause);
  }

  void lost(String reason) {
    logger.log(
        System.Logger.Level.DEBUG,
        () -> "connection lost: server=" + settings.server() + " reason=" + reason);
    connection = null;
    reconnectLater();
  }

  private void reconnectLater() {
    if (!closed.get()) {
      loop.schedule(this::connect, backoff.nextMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A command in flight has its reply. Only a server that serves ends the backing off. */
  void answered(Reply reply) {
    if (!(reply instanceof Reply.Failed)) {
      backoff.reset();
    }
    release();
  }

  /** A command is no longer kept. */
  void release() {
    permits.release();
  }

  private void failAll() {
    if (connection != null) {
      connection.close();
    }
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      command.failClosed();
    }
  }

  private void watch(long deadlineNanos) {
    if (timer != null) {
      if (timerNanos - deadlineNanos <= 0) {
        return;
      }
      timer.cancel(false);
    }
    timerNanos = deadlineNanos;
    timer = loop.schedule(this::expire, deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void expire() {
    timer = null;
    long nowNanos = System.nanoTime();
    long nextNanos = connection == null ? Long.MAX_VALUE : connection.expire(nowNanos);
    for (PendingCommand<?> command : waiting) {
      nextNanos = Math.min(nextNanos, command.expire(nowNanos));
    }
    if (nextNanos != Long.MAX_VALUE) {
      watch(nowNanos + Math.max(nextNanos, TimeUnit.MILLISECONDS.toNanos(1)));
    }
  }
}
