package io.speicher.client.net;

import io.speicher.client.backend.Feature;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.CallInterruptedException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.wire.Address;
import io.speicher.client.wire.Tls;
import io.speicher.client.wire.TlsWire;
import io.speicher.client.wire.Wire;
import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonCommandEncoder;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands from all threads and brings them to the server over one connection, which it makes
 * anew whenever it is lost. If there are several servers, nodes of one cluster, it connects to one
 * of them, and to the next one if that cannot be had or is lost.
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
 * <p>An attempt to connect tries all servers, one after the other, and fails if none can be had.
 *
 * <p>A command waits until there is a connection that takes it, and then is in flight on that
 * connection alone: it is never sent twice. When an attempt to connect fails, the commands that
 * wait fail with it, and later ones fail at once until an attempt succeeds: nobody waits for a
 * server that is known to be away. Where others could execute them, commands do not wait at all:
 * they fail at once while there is no connection.
 *
 * <p><b>Threads.</b> {@link #submit}, {@link #call}, {@link #close}, {@link #wake}, {@link
 * #answered} and {@link #release} are for any thread; everything else belongs to the one I/O
 * thread.
 *
 * <p><b>Bounds.</b> A command counts from {@link #submit} until its reply has come or it was
 * dropped, whether or not it has timed out meanwhile; all that count take {@link
 * Settings#maxPendingBytes} at most, or are but one.
 */
final class Dispatcher {

  /*
   * One thread with a selector connects, receives and watches the time; no code of a user runs on
   * it, so that nobody can hold it up. It also sends what has come from all threads, in batches.
   * Only a caller that blocks while nothing else is pending sends its command itself, and reads the
   * reply: there is nothing to batch it with, and it is spared two changes of threads. Callers that
   * are not alone would make system calls for each command.
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

  /**
   * How much longer than the attempt to connect may take {@link #awaitConnected} waits to be told
   * of it.
   */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long {@link #close} waits for the I/O thread to end. */
  private static final long CLOSE_MILLIS = 1_000;

  /** The I/O thread looks at the time so often even if it has nothing to do. */
  private static final long IDLE_NANOS = TimeUnit.DAYS.toNanos(1);

  /** With a longer wait before the next attempt to connect, commands do not wait for it. */
  private static final int MAX_WAIT_MILLIS = 100;

  private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final JsonCommandEncoder ENCODER = new JsonCommandEncoder();

  private final Settings settings;

  /** The servers, for messages. */
  private final String servers;

  private final @Nullable ChangeHub changes;

  /** Is told when there is a connection, on the I/O thread; null where others could execute. */
  private final @Nullable Consumer<Dispatcher> whenConnected;

  private final Selector selector;
  private final Thread thread;
  private final Callbacks callbacks;
  private final Deadlines deadlines = new Deadlines();

  /** What the commands take that count. */
  private final AtomicLong pendingBytes = new AtomicLong();

  private final Queue<PendingCommand<?>> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Boolean> firstAttempt = new CompletableFuture<>();

  /** Whether the I/O thread was told to look around, and has not done so yet. */
  private final AtomicBoolean woken = new AtomicBoolean();

  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Connection connection;

  /** What the server knows that was connected to last. */
  private volatile Set<String> features = Set.of();

  /** Why the last attempt to connect failed, or null if it did not. */
  private volatile @Nullable ConnectFailedException unreachable;

  /** Why commands have to go elsewhere from now on, or null if they need not. */
  private volatile @Nullable ConnectFailedException retirement;

  /** When the I/O thread looks at the time again: not later than the earliest deadline of all. */
  private volatile long timerNanos = System.nanoTime();

  /** Whether a command has been answered since a connection was lost last. */
  private volatile boolean hasServed;

  /** Whether there is a deadline before {@link #timerNanos}. */
  private volatile boolean timerIsLate;

  // What follows belongs to the I/O thread.

  private final Backoff backoff;

  /** The servers in the order in which they are tried, again and again. */
  private final List<Address> order;

  /** Which of {@link #order} is tried or connected to, or is tried next. */
  private int serverIndex;

  /** How many servers the present attempt has not tried yet. */
  private int untriedServers;

  /** Why the servers that it has tried cannot be had. */
  private final List<String> reasons = new ArrayList<>();

  /** What a thread of its own finds out: where the server is. */
  private @Nullable CompletableFuture<List<SocketAddress>> lookup;

  /** Where to try to connect next if that fails. */
  private final Queue<SocketAddress> untried = new ArrayDeque<>();

  /** What connecting to each of these may take. */
  private long attemptNanos;

  /** The channel that is connecting, or null while backing off and while connected. */
  private @Nullable SocketChannel connecting;

  /** The encryption of the channel that is connecting, as soon as its socket is connected. */
  private @Nullable TlsWire handshake;

  /** What becomes the connection when the server has answered its greeting. */
  private @Nullable Connection greeting;

  /** When connecting has taken too long, or backing off is over. */
  private long stateEndNanos = timerNanos;

  /** Whether the connection is to be given up for one to another server. */
  private volatile boolean turns;

  /** Whether somebody was told that no server can be reached. */
  private boolean isToldUnreachable;

  /** What went wrong in the last turn and is no fault of the server or the network, or null. */
  private @Nullable Throwable fault;

  private Dispatcher(
      Settings settings,
      List<Address> order,
      Executor executor,
      @Nullable ChangeHub changes,
      @Nullable Consumer<Dispatcher> whenConnected)
      throws IOException {
    this.settings = settings;
    this.order = order;
    this.changes = changes;
    this.whenConnected = whenConnected;
    servers = settings.server();
    SplittableRandom random = new SplittableRandom();
    backoff = whenConnected == null ? Backoff.forOneOfSeveral(random) : new Backoff(random);
    callbacks = new Callbacks(executor);
    selector = Selector.open();
    thread = new Thread(null, this::run, "speicher-client-" + servers, 0, false);
    thread.setDaemon(true);
  }

  /**
   * Begins to connect.
   *
   * @param order the servers of the settings, in the order in which to try them
   * @param executor where futures are completed
   * @param changes whom the connection tells of changes, or null if it is not to be told of any
   * @param whenConnected is told of each connection, before it takes commands of others; on the I/O
   *     thread, which it must not hold up
   */
  static Dispatcher start(
      Settings settings,
      List<Address> order,
      Executor executor,
      @Nullable ChangeHub changes,
      Consumer<Dispatcher> whenConnected) {
    return started(settings, order, executor, changes, whenConnected);
  }

  /**
   * Begins to connect to one node of a cluster, where others could execute the commands as well:
   * they fail at once, unsent, while there is no connection.
   */
  static Dispatcher startForNode(
      Settings settings, Executor executor, @Nullable ChangeHub changes) {
    return started(settings, settings.servers(), executor, changes, null);
  }

  private static Dispatcher started(
      Settings settings,
      List<Address> order,
      Executor executor,
      @Nullable ChangeHub changes,
      @Nullable Consumer<Dispatcher> whenConnected) {
    try {
      Dispatcher dispatcher = new Dispatcher(settings, order, executor, changes, whenConnected);
      if (whenConnected == null) {
        dispatcher.unreachable = dispatcher.cannotConnect("there is no connection yet");
      }
      dispatcher.thread.start();
      return dispatcher;
    } catch (IOException e) {
      throw cannotConnect(settings.server(), String.valueOf(e.getMessage()), e);
    }
  }

  private ConnectFailedException cannotConnect(String reason) {
    return cannotConnect(servers, reason, new IOException(reason));
  }

  /**
   * Waits until there is a connection.
   *
   * @throws ConnectFailedException if there is none in time
   */
  void awaitConnected() {
    try {
      firstAttempt.get(
          TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMillis()) + GRACE_NANOS,
          TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConnectFailedException failure) {
        failure.fillInStackTrace(); // The caller's stack says more than the I/O thread's.
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw cannotConnect(servers, reason(e, settings.connectTimeoutMillis()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(
          "interrupted while connecting: server=" + servers, false, e);
    }
  }

  // From any thread.

  /**
   * Brings the command on its way, or fails it at once if there is no room, no server, or no client
   * any more. Does not block.
   */
  void submit(PendingCommand<?> command) {
    boolean unused = bring(command);
  }

  /** Executes the command and waits for its result, until its deadline. */
  <T> T call(PendingCommand<T> command) {
    if (bring(command)) {
      Connection carrier = command.carrier();
      if (carrier != null) {
        carrier.readFor(command);
      } else if (!command.isDone()) {
        leaveToIoThread(); // Somebody else is sending it.
      }
    }
    return await(command);
  }

  private void leaveToIoThread() {
    Connection current = connection;
    if (current != null) {
      current.leaveToIoThread();
    }
  }

  /**
   * As {@link #submit}.
   *
   * @return whether the caller waits for it and nothing else was pending, so that it may read the
   *     reply
   */
  private boolean bring(PendingCommand<?> command) {
    if (failIfHopeless(command)) {
      return false;
    }
    long pending = pendingBytes.addAndGet(command.weight());
    boolean isAlone = pending == command.weight();
    if (pending > settings.maxPendingBytes() && !isAlone) {
      release(command);
      command.failAtOnce(command.queueFull(settings.maxPendingBytes()));
      return false;
    }
    waiting.add(command);
    failIfHopeless(command); // What ends the waiting may have passed the command over.
    if (!command.isAwaited()) {
      watch(command); // Who waits watches the time, too.
    }
    if (command.isAwaited() && isAlone) {
      flush();
      return true;
    }
    leaveToIoThread();
    wake();
    return false;
  }

  private void watch(PendingCommand<?> command) {
    deadlines.add(command);
    long tickNanos = System.nanoTime() + Deadlines.TICK_NANOS;
    long lookNanos = command.deadlineNanos() - tickNanos < 0 ? command.deadlineNanos() : tickNanos;
    if (timerNanos - lookNanos > 0) {
      timerIsLate = true;
      wake();
    }
  }

  /**
   * A future for {@link #submit}.
   *
   * @param isAwaited whether the caller has nothing else to do than to {@link #await} it
   */
  <T extends @Nullable Object> PendingCommand<T> newCommand(
      Operation operation,
      ByteBuffer frame,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode,
      boolean isAwaited) {
    return new PendingCommand<>(
        operation, frame, servers, timeoutNanos, decode, isAwaited ? null : callbacks);
  }

  /** Asks the server for a sign of life, and ends the connection if there is none in time. */
  void ping() {
    PendingCommand<Reply> ping =
        newCommand(
            Operation.PING,
            ENCODER.encode(new Command.Ping()),
            settings.timeoutNanos(),
            Function.identity(),
            false);
    submit(ping);
  }

  private boolean failIfHopeless(PendingCommand<?> command) {
    ConnectFailedException left = retirement;
    ConnectFailedException cause = left == null ? unreachable : left;
    RuntimeException failure = null;
    if (closed.get() && left == null) {
      failure = command.closed();
    } else if (cause != null) {
      failure = command.notConnected(cause);
    }
    if (failure != null) {
      command.failAtOnce(failure);
    }
    return failure != null;
  }

  private <T> T await(PendingCommand<T> command) {
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
      throw giveUp(command, command.timeOut());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw giveUp(command, command.interrupt(e));
    }
  }

  /** The caller does not wait any more; whether the connection is stuck is still to be seen. */
  private RuntimeException giveUp(PendingCommand<?> command, RuntimeException failure) {
    if (!command.hasEnded()) {
      watch(command);
    }
    return failure;
  }

  /** Makes the I/O thread look when it has to look again. */
  void lookAtTime() {
    timerIsLate = true;
    wake();
  }

  /** Makes the I/O thread look around. */
  void wake() {
    if (!woken.getAndSet(true)) {
      selector.wakeup();
    }
  }

  /** Whether the server can do that; false before the first connection. */
  boolean knows(Feature feature) {
    return features.contains(feature.label());
  }

  /** Whether there is a connection. */
  boolean isConnected() {
    return connection != null && retirement == null;
  }

  /** The server that it is connected to, or null. */
  @Nullable String connectedServer() {
    Connection current = connection;
    return current == null ? null : current.server();
  }

  /** What the commands take that have no reply yet. */
  long pendingBytes() {
    return pendingBytes.get();
  }

  /** A command is no longer kept. */
  void release(PendingCommand<?> command) {
    pendingBytes.addAndGet(-command.weight());
  }

  /** Gives the connection up for one to another server, if there are several. */
  void turnToAnother() {
    if (order.size() > 1) {
      turns = true;
      wake();
    }
  }

  /**
   * Takes no commands any more, and closes when those that it has taken have their replies: to be
   * called again until then.
   *
   * @return whether it is closed
   */
  boolean retire() {
    retirement = cannotConnect("the node has left the cluster");
    boolean isIdle = pendingBytes.get() == 0; // What comes later sees that it comes too late.
    if (isIdle) {
      closeSoon();
    }
    return isIdle;
  }

  /** As {@link #close}, without waiting. */
  void closeSoon() {
    closed.set(true);
    wake();
  }

  /**
   * Fails all commands and ends the I/O thread. Waits for that, though not for ever: it may be
   * short of processors.
   */
  void close() {
    closeSoon();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The thread ends all the same.
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
      logger.log(System.Logger.Level.ERROR, "client ended: server=" + servers, e);
    } finally {
      closed.set(true);
      failAll();
      callbacks.flushLast();
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
    Thread.interrupted(); // An executor that refuses runs callbacks here, and they may leave it so.
    boolean isReady = !selector.selectedKeys().isEmpty();
    selector.selectedKeys().clear();
    SocketChannel attempt = connecting;
    Connection current = greeting == null ? connection : greeting;
    if (lookup != null && lookup.isDone()) {
      lookedUp(lookup);
    } else if (attempt != null && greeting == null && isReady) {
      goOnConnecting(attempt);
    } else if (current != null) {
      if (isReady || current.mayHaveMore()) {
        current.ready();
      }
      current.checkFailures();
    }
    Connection left = turns ? connection : null;
    turns = false;
    if (left != null) {
      left.end("another node is tried: this one does not answer for keys", null);
    }
    if (!closed.get()) {
      watchTime(System.nanoTime());
      flush();
      endTimerAfter(callbacks.flush());
      watch();
    }
  }

  /** Who watches the socket is decided last, and looked at again whenever this thread is woken. */
  private void watch() {
    Connection current = greeting == null ? connection : greeting;
    if (current != null) {
      current.watch();
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
    logger.log(System.Logger.Level.WARNING, "connection given up: server=" + servers, failure);
    Connection current = greeting == null ? connection : greeting;
    if (current != null) {
      current.end(failure.toString(), failure);
    } else if (connecting != null) {
      connectFailed(failure);
    }
  }

  /** Tries one server after the other, until there is a connection. */
  private void connect() {
    untriedServers = order.size();
    reasons.clear();
    tryServer();
  }

  /** Looks up where the server is, each time anew, and then tries one address after the other. */
  private void tryServer() {
    untriedServers--;
    Address server = order.get(serverIndex);
    endStateAfter(TimeUnit.MILLISECONDS.toNanos(serverMillis()));
    CompletableFuture<List<SocketAddress>> begun = new CompletableFuture<>();
    lookup = begun;
    Runnable look =
        () -> {
          try {
            begun.complete(server.addresses());
          } catch (IOException | RuntimeException e) {
            begun.completeExceptionally(e);
          }
          wake();
        };
    Thread resolver = new Thread(null, look, "speicher-lookup-" + server, 0, false);
    resolver.setDaemon(true);
    resolver.start();
  }

  /** What each server has of the time that an attempt to connect may take. */
  private int serverMillis() {
    return Math.max(1, settings.connectTimeoutMillis() / order.size());
  }

  private void lookedUp(CompletableFuture<List<SocketAddress>> done) {
    lookup = null;
    try {
      List<SocketAddress> found = done.join();
      untried.addAll(found);
      long allNanos = TimeUnit.MILLISECONDS.toNanos(serverMillis());
      attemptNanos = Math.max(MILLI_NANOS, allNanos / found.size());
      connectToNext();
    } catch (CompletionException e) {
      connectFailed(e);
    }
  }

  private void connectToNext() {
    SocketAddress address = untried.remove();
    endStateAfter(attemptNanos);
    try {
      SocketChannel channel = order.get(serverIndex).open();
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
    if (tls != null && order.get(serverIndex) instanceof Address.Port port) {
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
    Address server = order.get(serverIndex);
    Connection next = new Connection(this, settings, server, wire, key, waiting, changes);
    greeting = next;
    next.greet();
    wake(); // Some replies may have come with the handshake.
  }

  /** Whether the connection takes no commands yet. */
  boolean isGreeting(Connection asking) {
    return connection != asking;
  }

  /**
   * The server has answered the greeting: it is there, and it speaks our protocol.
   *
   * @param names of what it knows beyond the first edition of that
   */
  void established(Connection next, List<String> names) {
    features = Set.copyOf(names);
    untried.clear();
    connecting = null;
    handshake = null;
    greeting = null;
    isToldUnreachable = false;
    unreachable = null;
    connection = next;
    if (whenConnected != null) {
      whenConnected.accept(this);
    }
    firstAttempt.complete(true);
    callbacks.add(() -> settings.observer().connected(next.server()));
    timerIsLate = true; // For the heartbeat.
  }

  private void connectFailed(Throwable cause) {
    closeAttempt();
    if (!untried.isEmpty()) {
      connectToNext();
      return;
    }
    String reason = reason(cause, serverMillis());
    reasons.add(order.size() == 1 ? reason : order.get(serverIndex) + " (" + reason + ")");
    turnToNextServer();
    if (untriedServers > 0) {
      tryServer();
      return;
    }
    ConnectFailedException failure = cannotConnect(servers, String.join(", ", reasons), cause);
    if (!isToldUnreachable) {
      isToldUnreachable = true;
      String message = String.valueOf(failure.getMessage());
      callbacks.add(() -> settings.observer().unreachable(servers, message));
    }
    firstAttempt.completeExceptionally(failure);
    failWaiting(failure);
    backOff(backoff.nextMillis(false));
  }

  private void turnToNextServer() {
    serverIndex = (serverIndex + 1) % order.size();
  }

  /** Fails the commands that wait, and those that come until there is a connection. */
  private void failWaiting(ConnectFailedException cause) {
    unreachable = cause;
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      release(command);
      ConnectFailedException failure = command.notConnected(cause);
      if (failure != null) {
        command.fail(failure);
      }
    }
  }

  private void closeAttempt() {
    SocketChannel channel = connecting;
    lookup = null;
    connecting = null;
    handshake = null;
    greeting = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  /**
   * Why there is no connection.
   *
   * @param patienceMillis how long there was no answer, if there was none
   */
  private static String reason(Throwable cause, int patienceMillis) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof RefusedException) {
      return "the server refused the login: " + root.getMessage();
    } else if (root instanceof UnknownHostException) {
      return "unknown host";
    } else if (root instanceof TimeoutException || root instanceof SocketTimeoutException) {
      return "no answer within " + patienceMillis + " ms";
    }
    return String.valueOf(root.getMessage());
  }

  private static boolean isAboutTls(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  private static ConnectFailedException cannotConnect(
      String server, String reason, Throwable cause) {
    String expected =
        isAboutTls(cause)
            ? "a server that speaks TLS there, with a certificate that this client trusts and that"
                + " names this host"
            : "a Speicher server that listens there; check host and port, or start one with"
                + " `speicher server`";
    return new ConnectFailedException(
        "cannot connect: server=" + server + " reason=" + reason + " (expected: " + expected + ")",
        cause);
  }

  /** The connection has ended, and what was in flight on it has failed. */
  void lost(Connection ended, String reason, @Nullable Throwable cause) {
    if (greeting == ended) {
      connectFailed(cause == null ? new IOException(reason) : cause);
    } else if (connection == ended) {
      connection = null;
      callbacks.add(() -> settings.observer().lost(ended.server(), reason));
      turnToNextServer();
      if (hasServed) {
        hasServed = false;
        backoff.reset();
      }
      int waitMillis = backoff.nextMillis(true);
      if (waitMillis > MAX_WAIT_MILLIS || whenConnected == null) {
        IOException failure = new IOException(reason, cause);
        failWaiting(cannotConnect(servers, reason(failure, serverMillis()), failure));
      }
      backOff(waitMillis);
      logger.log(
          System.Logger.Level.DEBUG,
          () -> "connection lost: server=" + ended.server() + " reason=" + reason);
    }
  }

  private void backOff(int millis) {
    endStateAfter(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** A command in flight has its reply. Only a server that serves ends the backing off. */
  void answered(PendingCommand<?> command, Reply reply) {
    if (!hasServed && !(reply instanceof Reply.Failed)) {
      hasServed = true;
    }
    release(command);
  }

  private void failAll() {
    Connection current = greeting == null ? connection : greeting;
    if (current != null) {
      current.close();
    }
    closeAttempt();
    for (PendingCommand<?> command = waiting.poll(); command != null; command = waiting.poll()) {
      command.fail(command.closed());
    }
  }

  // Time.

  private void endStateAfter(long nanos) {
    stateEndNanos = System.nanoTime() + nanos;
    endTimerAfter(nanos);
  }

  private void endTimerAfter(long nanos) {
    if (nanos <= IDLE_NANOS) {
      long endNanos = System.nanoTime() + nanos;
      if (timerNanos - endNanos > 0) {
        timerNanos = endNanos;
      }
    }
  }

  private void watchTime(long nowNanos) {
    if (timerNanos - nowNanos > 0 && !timerIsLate) {
      return;
    }
    timerIsLate = false;
    timerNanos = nowNanos + IDLE_NANOS;
    if (connection == null && stateEndNanos - nowNanos <= 0) {
      if (connecting == null && lookup == null) {
        connect();
      } else if (greeting != null) {
        greeting.end("what listens there takes the connection and does not answer", null);
      } else {
        connectFailed(new SocketTimeoutException("no answer"));
      }
    }
    long nextNanos = Math.min(IDLE_NANOS, deadlines.expire(nowNanos, connection));
    Connection current = connection;
    nextNanos =
        Math.min(nextNanos, current == null ? stateEndNanos - nowNanos : current.beat(nowNanos));
    endTimerAfter(Math.max(nextNanos, MILLI_NANOS));
  }
}
