package io.speicher.client;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsWire;
import io.speicher.client.wire.Wire;
import io.speicher.protocol.Reply;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
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
 * connection alone: it is never sent twice. When an attempt to connect fails, the commands that
 * wait fail with it, and later ones fail at once until an attempt succeeds: nobody waits for a
 * server that is known to be away.
 *
 * <p><b>Threads.</b> {@link #submit}, {@link #await}, {@link #close}, {@link #wake} and {@link
 * #release} are for any thread; everything else belongs to the one I/O thread.
 *
 * <p><b>Bounds.</b> A command has a permit from {@link #submit} until its reply has come or it was
 * dropped, whether or not it has timed out meanwhile; there are {@link Settings#maxPending}
 * permits.
 */
final class Dispatcher {

  /*
   * One thread with a selector connects, receives, completes futures and watches the time. It also
   * sends what has come from all threads, in batches. Only a caller that blocks while nothing else
   * is pending sends its command itself: there is nothing to batch it with, and it is spared a
   * change of threads. Callers that are not alone would make a system call for each command.
   *
   * A thread that only receives, with a blocking socket and callers that write, would be shorter.
   * But a server that does not read would hold callers up beyond their timeouts, the interrupt of
   * one caller would close the socket for all, and connecting and timeouts would need another
   * thread.
   *
   * No command is overlooked, because the caller adds it to the queue first, and then looks at the
   * send lock, at the timer, and at what ends the waiting; and the other side first unlocks, sets
   * the timer far, or ends the waiting, and then looks at the queue. All of these are volatile, so
   * at least one of the two sees the other.
   */

  private static final System.Logger logger = System.getLogger(Dispatcher.class.getName());

  /** How much longer than the attempt to connect may take {@link #open} waits to be told of it. */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long {@link #close} waits for the I/O thread to end. */
  private static final long CLOSE_MILLIS = 1_000;

  /** The I/O thread looks at the time so often even if it has nothing to do. */
  private static final long IDLE_NANOS = TimeUnit.DAYS.toNanos(1);

  private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Settings settings;
  private final Selector selector;
  private final Thread thread;
  private final Semaphore permits;
  private final Queue<PendingCommand<?>> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();

  /** Whether the I/O thread was told to look around, and has not done so yet. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Connection connection;

  /** Why the last attempt to connect failed, or null if it did not. */
  private volatile @Nullable ConnectFailedException unreachable;

  /** When the I/O thread looks at the time again: not later than the earliest deadline of all. */
  private volatile long timerNanos = System.nanoTime();

  /** Whether there is a deadline before {@link #timerNanos}. */
  private volatile boolean timerIsLate;

  // What follows belongs to the I/O thread.

  private final Backoff backoff = new Backoff(new SplittableRandom());

  /** The channel that is connecting, or null while backing off and while connected. */
  private @Nullable SocketChannel connecting;

  /** The encryption of the channel that is connecting, as soon as its socket is connected. */
  private @Nullable TlsWire handshake;

  /** When connecting has taken too long, or backing off is over. */
  private long stateEndNanos = timerNanos;

  /** What went wrong in the last turn and is no fault of the server or the network, or null. */
  private @Nullable Throwable fault;

  private Dispatcher(Settings settings) throws IOException {
    this.settings = settings;
    permits = new Semaphore(settings.maxPending());
    selector = Selector.open();
    thread = new Thread(null, this::run, "speicher-client-" + settings.server(), 0, false);
    thread.setDaemon(true);
  }

  /**
   * Waits until there is a connection.
   *
   * @throws ConnectFailedException if there is none in time
   */
  static Dispatcher open(Settings settings) {
    Dispatcher dispatcher;
    try {
      dispatcher = new Dispatcher(settings);
    } catch (IOException e) {
      throw cannotConnect(settings, e);
    }
    dispatcher.thread.start();
    try {
      dispatcher.firstAttempt.get(
          TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMillis()) + GRACE_NANOS,
          TimeUnit.NANOSECONDS);
      return dispatcher;
    } catch (ExecutionException | TimeoutException e) {
      dispatcher.close();
      throw cannotConnect(settings, e);
    } catch (InterruptedException e) {
      dispatcher.close();
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(
          "interrupted while connecting: server=" + settings.server(), false, e);
    }
  }

  Settings settings() {
    return settings;
  }

  // From any thread.

  /**
   * Brings the command on its way, or fails it at once if there is no room, no server, or no client
   * any more. Does not block.
   *
   * @param isAwaited whether the caller has nothing else to do than to {@link #await} it
   */
  void submit(PendingCommand<?> command, boolean isAwaited) {
    if (failIfHopeless(command)) {
      return;
    }
    if (!permits.tryAcquire()) {
      command.failQueueFull(settings.maxPending());
      return;
    }
    waiting.add(command);
    failIfHopeless(command); // What ends the waiting may have passed the command over.
    if (timerNanos - command.deadlineNanos() > 0) {
      timerIsLate = true;
      wake();
    }
    if (isAwaited && settings.maxPending() - permits.availablePermits() == 1) {
      flush(); // Nothing else is pending.
    } else if (!isOwnThread()) {
      wake();
    }
  }

  private boolean failIfHopeless(PendingCommand<?> command) {
    ConnectFailedException failure = unreachable;
    if (closed.get()) {
      command.failClosed();
    } else if (failure != null) {
      command.failNotConnected(failure);
    } else {
      return false;
    }
    return true;
  }

  /** Waits for what {@link #submit} has brought on its way, until its deadline. */
  <T> T await(PendingCommand<T> command) {
    try {
      long leftNanos = command.deadlineNanos() - System.nanoTime();
      return command.future().get(leftNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        failure.fillInStackTrace(); // The caller's stack says more than the I/O thread's.
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw command.timeOut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw command.interrupt(e);
    }
  }

  /** Whether the current thread is the I/O thread, which must not wait for itself. */
  boolean isOwnThread() {
    return Thread.currentThread() == thread;
  }

  /** Makes the I/O thread look around. */
  void wake() {
    if (!woken.getAndSet(true)) {
      selector.wakeup();
    }
  }

  /** A command is no longer kept. */
  void release() {
    permits.release();
  }

  /**
   * Fails all commands and ends the I/O thread. Waits for that, though not for ever: a callback may
   * hold the thread up, or be the one that calls this.
   */
  void close() {
    closed.set(true);
    wake();
    if (!isOwnThread()) {
      try {
        thread.join(CLOSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // The thread ends all the same.
      }
    }
  }

  // On the I/O thread.

  private void run() {
    try (selector) {
      connect();
      while (!closed.get()) {
        runTurn();
      }
    } catch (IOException | RuntimeException e) {
      logger.log(System.Logger.Level.ERROR, "client ended: server=" + settings.server(), e);
    } finally {
      closed.set(true);
      failAll();
    }
  }

  private void runTurn() throws IOException {
    try {
      Throwable failure = fault;
      fault = null;
      if (failure != null) {
        recover(failure);
      }
      long leftMillis = (timerNanos - System.nanoTime()) / MILLI_NANOS + 1;
      selector.select(Math.max(1, leftMillis));
      look();
    } catch (RuntimeException | Error e) { // An OutOfMemoryError, or a mistake of ours.
      fault = e;
    }
  }

  /** Looks at everything once: the channel, the time, and what is waiting. */
  private void look() {
    woken.set(false);
    Thread.interrupted(); // A callback may have left it so, and no selector would wait any more.
    boolean isReady = !selector.selectedKeys().isEmpty();
    selector.selectedKeys().clear();
    SocketChannel attempt = connecting;
    Connection current = connection;
    if (attempt != null && isReady) {
      goOnConnecting(attempt);
    } else if (current != null) {
      if (isReady || current.mayHaveMore()) {
        current.ready();
      }
      current.checkWriteFailure();
    }
    if (!closed.get()) {
      watchTime(System.nanoTime());
      flush();
    }
  }

  private void flush() {
    Connection current = connection;
    if (current != null) {
      current.flush();
    }
  }

  /** Gives up what may be half done; the next connection may fare better. */
  private void recover(Throwable failure) {
    timerIsLate = true;
    wake();
    logger.log(
        System.Logger.Level.WARNING, "connection given up: server=" + settings.server(), failure);
    Connection current = connection;
    if (current != null) {
      current.end(failure.toString(), failure);
    } else if (connecting != null) {
      connectFailed(failure);
    }
  }

  private void connect() {
    endStateAfter(TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMillis()));
    try {
      SocketAddress address = settings.server().resolve();
      SocketChannel channel = settings.server().open();
      connecting = channel;
      channel.register(selector, SelectionKey.OP_CONNECT);
      if (channel.connect(address)) {
        reached(channel);
      }
    } catch (IOException | RuntimeException e) {
      connectFailed(e);
    }
  }

  private void goOnConnecting(SocketChannel channel) {
    try {
      TlsWire begun = handshake;
      if (begun != null) {
        shakeHands(channel, begun);
      } else if (channel.finishConnect()) {
        reached(channel);
      }
    } catch (IOException | RuntimeException e) {
      connectFailed(e);
    }
  }

  /** The socket is connected, and has to be encrypted or not. */
  private void reached(SocketChannel channel) throws IOException {
    Tls tls = settings.tls();
    if (tls != null && settings.server() instanceof Address.Port port) {
      TlsWire begun = tls.begin(channel, port);
      handshake = begun;
      shakeHands(channel, begun);
    } else {
      connected(channel, Wire.plain(channel));
    }
  }

  private void shakeHands(SocketChannel channel, TlsWire begun) throws IOException {
    if (begun.shakeHands()) {
      connected(channel, begun);
    } else {
      channel.keyFor(selector).interestOps(begun.handshakeOps());
    }
  }

  private void connected(SocketChannel channel, Wire wire) {
    SelectionKey key = channel.keyFor(selector);
    Connection next = new Connection(this, settings, wire, key, waiting);
    connecting = null;
    handshake = null;
    unreachable = null;
    connection = next;
    firstAttempt.complete(true);
    wake(); // Some replies may have come with the handshake.
  }

  private void connectFailed(Throwable cause) {
    closeAttempt();
    ConnectFailedException failure = cannotConnect(settings, cause);
    unreachable = failure;
    firstAttempt.completeExceptionally(cause);
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      release();
      command.failNotConnected(failure);
    }
    backOff();
  }

  private void closeAttempt() {
    SocketChannel channel = connecting;
    connecting = null;
    handshake = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  private static ConnectFailedException cannotConnect(Settings settings, Throwable cause) {
    Throwable root = cause;
    boolean isAboutTls = root instanceof SSLException;
    while (root.getCause() != null) {
      root = root.getCause();
      isAboutTls |= root instanceof SSLException;
    }
    String reason;
    if (root instanceof UnknownHostException) {
      reason = "unknown host";
    } else if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
      reason = "no answer within " + settings.connectTimeoutMillis() + " ms";
    } else {
      reason = String.valueOf(root.getMessage());
    }
    String expected =
        isAboutTls
            ? "a server that speaks TLS there, with a certificate that this client trusts and that"
                + " names this host"
            : "a Speicher server that listens there; check host and port, or start one with"
                + " `speicher server`";
    return new ConnectFailedException(
        "cannot connect: server="
            + settings.server()
            + " reason="
            + reason
            + " (expected: "
            + expected
            + ")",
        cause);
  }

  /** The connection has ended, and what was in flight on it has failed. */
  void lost(Connection ended, String reason) {
    if (connection == ended) {
      connection = null;
      backOff();
      logger.log(
          System.Logger.Level.DEBUG,
          () -> "connection lost: server=" + settings.server() + " reason=" + reason);
    }
  }

  private void backOff() {
    endStateAfter(TimeUnit.MILLISECONDS.toNanos(backoff.nextMillis()));
  }

  /** A command in flight has its reply. Only a server that serves ends the backing off. */
  void answered(Reply reply) {
    if (!(reply instanceof Reply.Failed)) {
      backoff.reset();
    }
    release();
  }

  private void failAll() {
    Connection current = connection;
    if (current != null) {
      current.close();
    }
    closeAttempt();
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      command.failClosed();
    }
  }

  // Time.

  private void endStateAfter(long nanos) {
    stateEndNanos = System.nanoTime() + nanos;
    if (timerNanos - stateEndNanos > 0) {
      timerNanos = stateEndNanos;
    }
  }

  private void watchTime(long nowNanos) {
    if (timerNanos - nowNanos > 0 && !timerIsLate) {
      return;
    }
    timerIsLate = false;
    timerNanos = nowNanos + IDLE_NANOS;
    if (connection == null && stateEndNanos - nowNanos <= 0) {
      if (connecting == null) {
        connect();
      } else {
        connectFailed(new SocketTimeoutException("no answer"));
      }
    }
    long nextNanos = IDLE_NANOS;
    for (PendingCommand<?> command : waiting) {
      nextNanos = Math.min(nextNanos, command.expire(nowNanos));
    }
    Connection current = connection;
    if (current != null) {
      nextNanos = Math.min(nextNanos, current.expire(nowNanos));
    }
    if (connection == null) {
      nextNanos = Math.min(nextNanos, stateEndNanos - nowNanos);
    }
    timerNanos = nowNanos + Math.max(nextNanos, MILLI_NANOS);
  }
}
