package io.speicher.client.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.client.backend.Backend;
import io.speicher.client.backend.Feature;
import io.speicher.client.backend.KeyListener;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.client.exception.SpeicherException;
import io.speicher.client.exception.ValueTooLongException;
import io.speicher.client.wire.Address;
import io.speicher.protocol.Command;
import io.speicher.protocol.KeySlot;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.Frame;
import io.speicher.protocol.json.JsonCommandEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server, over one connection or a few; or a cluster, over as many to each node that is needed.
 * Each key belongs to one of the connections, so that the commands of one thread for one key keep
 * their order; batches take the connection with the least to do.
 */
public final class ServerBackend implements Backend {
  private static final JsonCommandEncoder ENCODER = new JsonCommandEncoder();

  /** What every server takes: protocol, section 7. */
  private static final int MAX_BATCH_ITEMS = 16_384;

  /** With more callbacks than this that block, others wait for one of them. */
  private static final int MAX_CALLBACK_THREADS = 64;

  private static final int CALLBACK_THREAD_SECONDS = 10;

  /** What a node of a cluster takes: it makes a command of each item. */
  private static final int MAX_CLUSTER_BATCH_ITEMS = 1_024;

  private static final int UNAVAILABLE = 503;

  private final Settings settings;

  /** The connections that it began with. */
  private final DispatcherGroup home;

  /** What takes all commands, if there is but one; null if there are several. */
  private volatile @Nullable Dispatcher sole;

  /** Null while there is no cluster. */
  private volatile @Nullable ClusterRouter router;

  /** Where callbacks run; the one of the user, or its own. */
  private final Executor executor;

  private final @Nullable ExecutorService ownExecutor;
  private final @Nullable CircuitBreaker breaker;

  /** Whom its connections tell of changes, or null if they are not told of any. */
  private final @Nullable ChangeHub changes;

  @GuardedBy("this")
  private @Nullable ServerBackend tracked;

  @GuardedBy("this")
  private boolean closed;

  private ServerBackend(Settings settings) {
    this.settings = settings;
    changes = null;
    Executor given = settings.callbackExecutor();
    ExecutorService own = given == null ? newExecutor(settings) : null;
    ownExecutor = own;
    executor = own == null ? requireNonNull(given) : own;
    breaker =
        settings.breakerFailures() == 0
            ? null
            : new CircuitBreaker(
                settings.server(), settings.breakerFailures(), settings.breakerNanos());
    synchronized (this) { // For those who are told of a connection meanwhile.
      home = start();
      sole = settings.connections() == 1 ? home.all().get(0) : null;
    }
  }

  /** Connections of their own to the server of {@code untracked}, which tell of changes. */
  private ServerBackend(ServerBackend untracked) {
    settings = untracked.settings;
    executor = untracked.executor;
    ownExecutor = null;
    breaker = untracked.breaker;
    changes = new ChangeHub();
    synchronized (this) { // For those who are told of a connection meanwhile.
      home = start();
      sole = settings.connections() == 1 ? home.all().get(0) : null;
    }
  }

  private static ExecutorService newExecutor(Settings settings) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        MAX_CALLBACK_THREADS,
        CALLBACK_THREAD_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          String name = "speicher-callback-" + settings.server() + "-" + number.incrementAndGet();
          Thread thread = new Thread(null, task, name, 0, false);
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Begins to connect.
   *
   * @param waits whether it waits until there is a connection
   * @throws ConnectFailedException if it waits, and there is none in time
   */
  public static ServerBackend open(Settings settings, boolean waits) {
    ServerBackend backend = new ServerBackend(settings);
    try {
      if (waits) {
        backend.home.all().forEach(Dispatcher::awaitConnected);
      }
      return backend;
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /** Begins to connect, all connections to the same one of several servers, if it can be had. */
  private DispatcherGroup start() {
    List<Address> order = new ArrayList<>(settings.servers());
    Collections.shuffle(order);
    List<Dispatcher> started = new ArrayList<>();
    try {
      for (int i = 0; i < settings.connections(); i++) {
        started.add(Dispatcher.start(settings, order, executor, changes, this::connected));
      }
      return new DispatcherGroup(started);
    } catch (RuntimeException e) {
      started.forEach(Dispatcher::closeSoon);
      throw e;
    }
  }

  /** One of the connections that it began with was made, to whatever is there now. */
  private synchronized void connected(Dispatcher dispatcher) {
    ClusterRouter known = router;
    if (!dispatcher.knows(Feature.CLUSTER)) {
      if (known != null) {
        known.close();
        router = null;
        sole = settings.connections() == 1 ? dispatcher : null;
      }
    } else if (!closed) {
      ClusterRouter routing =
          known == null ? new ClusterRouter(settings, executor, changes, home) : known;
      router = routing;
      sole = null;
      routing.homeConnected(dispatcher);
    }
  }

  /** Begins to connect the first time. */
  @Override
  public synchronized ServerBackend tracked() {
    ServerBackend own = changes != null ? this : tracked;
    if (own == null) {
      own = new ServerBackend(this);
      tracked = own;
      if (closed) {
        own.close();
      }
    }
    return own;
  }

  @Override
  public void listen(KeyListener listener) {
    requireNonNull(tracked().changes).listen(listener);
  }

  @Override
  public Reply call(Operation operation, Command command, long timeoutNanos) {
    if (breaker != null) {
      breaker.enter(operation);
    }
    try {
      Reply reply = callUnguarded(operation, command, timeoutNanos);
      if (breaker != null) {
        breaker.answered();
      }
      return reply;
    } catch (RuntimeException e) {
      if (breaker != null) {
        breaker.ended(e);
      }
      throw e;
    }
  }

  private Reply callUnguarded(Operation operation, Command command, long timeoutNanos) {
    long startNanos = System.nanoTime();
    Dispatcher chosen = choose(command);
    try {
      return call(chosen, operation, command, timeoutNanos);
    } catch (ConnectFailedException | ConnectionLostException e) {
      return callAgain(chosen, e, operation, command, startNanos + timeoutNanos);
    } catch (CommandTimeoutException | ServerFailedException e) {
      suspect(e);
      throw e;
    }
  }

  /** Goes on after a failure: once where the command was lost, else as often as it was not sent. */
  private Reply callAgain(
      Dispatcher tried,
      SpeicherException failure,
      Operation operation,
      Command command,
      long deadlineNanos) {
    Dispatcher next = another(tried, failure, operation, command);
    long leftNanos = deadlineNanos - System.nanoTime();
    if (next == null || leftNanos <= 0) {
      throw failure;
    }
    try {
      return call(next, operation, command, leftNanos);
    } catch (ConnectFailedException e) {
      return callAgain(next, e, operation, command, deadlineNanos);
    }
  }

  /** Where to send a command that has failed so, or null if it is to fail. */
  private @Nullable Dispatcher another(
      Dispatcher tried, Throwable failure, Operation operation, Command command) {
    ClusterRouter routing = router;
    boolean isLost = failure instanceof ConnectionLostException;
    if (isLost && !(settings.retriesReads() && operation.isRead())) {
      return null;
    } else if (routing == null) {
      return isLost ? home.next(tried) : null;
    }
    suspect(failure);
    Dispatcher next = routing.another(tried, key(command));
    return isLost || next.isConnected() || !routing.isLastResort(tried) ? next : null;
  }

  /** What may tell that another node decides about the key now. */
  private void suspect(Throwable failure) {
    ClusterRouter routing = router;
    boolean isRefusal =
        failure instanceof ServerFailedException failed && failed.statusCode() != UNAVAILABLE;
    if (routing != null && !isRefusal) {
      routing.suspect();
    }
  }

  private Reply call(
      Dispatcher dispatcher, Operation operation, Command command, long timeoutNanos) {
    PendingCommand<Reply> pending =
        dispatcher.newCommand(
            operation, frame(operation, command), timeoutNanos, Function.identity(), true);
    return dispatcher.call(pending);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      Operation operation,
      Command command,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode) {
    CircuitBreaker guard = breaker;
    if (guard != null) {
      guard.enter(operation);
    }
    ClusterRouter routing = router;
    ByteBuffer key = routing == null ? null : key(command);
    long deadlineNanos = System.nanoTime() + timeoutNanos;
    Dispatcher chosen;
    CompletableFuture<T> future;
    if (routing == null || key == null) {
      chosen = choose(command);
      future = submit(chosen, operation, command, timeoutNanos, decode);
    } else {
      int slot = KeySlot.of(key);
      Dispatcher owner = routing.enter(slot, key);
      future = submit(owner, operation, command, timeoutNanos, decode);
      chosen = owner;
      Dispatcher other = isUnsent(future) ? routing.another(owner, key) : owner;
      if (other != owner) {
        chosen = other;
        future = submit(chosen, operation, command, timeoutNanos, decode);
      }
      CompletableFuture<?> unused =
          future.whenComplete((result, failure) -> {
            routing.leave(slot);
            if (failure instanceof CommandTimeoutException
                || failure instanceof ServerFailedException) {
              suspect(failure);
            }
          });
    }
    if (operation.isRead() && (settings.retriesReads() || routing != null)) {
      Dispatcher tried = chosen;
      future =
          future.exceptionallyCompose(failure -> {
            Dispatcher next =
                failure instanceof ConnectionLostException
                        || failure instanceof ConnectFailedException
                    ? another(tried, failure, operation, command)
                    : null;
            long leftNanos = Math.max(1, deadlineNanos - System.nanoTime());
            return next == null
                ? CompletableFuture.failedFuture(failure)
                : submit(next, operation, command, leftNanos, decode);
          });
    }
    return guard == null
        ? future
        : future.whenComplete((result, failure) -> {
          if (failure == null) {
            guard.answered();
          } else {
            guard.ended(failure);
          }
        });
  }

  /** Whether a command has failed at once, and no server has seen it. */
  private static boolean isUnsent(CompletableFuture<?> future) {
    return future.isCompletedExceptionally()
        && future
            .handle((result, failure) -> failure instanceof ConnectFailedException)
            .getNow(false);
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      Dispatcher dispatcher,
      Operation operation,
      Command command,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode) {
    PendingCommand<T> pending =
        dispatcher.newCommand(operation, frame(operation, command), timeoutNanos, decode, false);
    dispatcher.submit(pending);
    return pending.future();
  }

  private ByteBuffer frame(Operation operation, Command command) {
    ByteBuffer frame;
    try {
      frame = ENCODER.encode(command);
    } catch (IllegalArgumentException e) { // No frame can be so long.
      throw new ValueTooLongException(operation.label() + " not sent: " + e.getMessage());
    }
    int frameBytes = frame.remaining() - Frame.HEADER_BYTES;
    if (frameBytes > settings.maxFrameBytes()) {
      throw new ValueTooLongException(
          operation.label()
              + " not sent: command too long: frameBytes="
              + frameBytes
              + " (expected: 1.."
              + settings.maxFrameBytes()
              + ")");
    }
    return frame;
  }

  // Which connection.

  private Dispatcher choose(Command command) {
    Dispatcher only = sole;
    if (only != null) {
      return only;
    }
    ClusterRouter routing = router;
    ByteBuffer key = key(command);
    return routing == null ? home.choose(key) : routing.choose(key);
  }

  private static @Nullable ByteBuffer key(Command command) {
    if (command instanceof Command.Get get) {
      return get.key();
    } else if (command instanceof Command.Set set) {
      return set.key();
    } else if (command instanceof Command.AskLease ask) {
      return ask.key();
    } else if (command instanceof Command.SetWithLease leased) {
      return leased.set().key();
    } else if (command instanceof Command.Invalidate invalidate) {
      return invalidate.key();
    } else if (command instanceof Command.Delete delete) {
      return delete.key();
    } else if (command instanceof Command.DeleteIf delete) {
      return delete.key();
    } else if (command instanceof Command.Touch touch) {
      return touch.key();
    } else if (command instanceof Command.Add add) {
      return add.key();
    }
    return null;
  }

  @Override
  public boolean knows(Feature feature) {
    return home.knows(feature);
  }

  @Override
  public Executor executor() {
    return executor;
  }

  /** Closes what others may still open, and returns what may still be closing. */
  private synchronized List<Dispatcher> closeOthers() {
    closed = true;
    if (tracked != null) {
      tracked.close();
    }
    ClusterRouter routing = router;
    return routing == null ? List.of() : routing.close();
  }

  @Override
  public int maxBatchItems() {
    return knows(Feature.CLUSTER) ? MAX_CLUSTER_BATCH_ITEMS : MAX_BATCH_ITEMS;
  }

  @Override
  public String server() {
    return settings.server();
  }

  @Override
  public void close() {
    home.all().forEach(Dispatcher::closeSoon);
    closeOthers().forEach(Dispatcher::close);
    home.all().forEach(Dispatcher::close);
    if (ownExecutor != null) {
      ownExecutor.shutdown();
    }
  }
}
