package io.speicher.client.net;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.client.backend.Backend;
import io.speicher.client.backend.Feature;
import io.speicher.client.backend.KeyListener;
import io.speicher.client.backend.Operation;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.ValueTooLongException;
import io.speicher.client.wire.Address;
import io.speicher.protocol.Command;
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
 * A server, or a node of several, over one connection or a few. Each key belongs to one of the
 * connections, so that the commands of one thread for one key keep their order; batches take the
 * connection with the least to do.
 */
public final class ServerBackend implements Backend {
  private static final JsonCommandEncoder ENCODER = new JsonCommandEncoder();

  /** What every server takes: protocol, section 7. */
  private static final int MAX_BATCH_ITEMS = 16_384;

  /** With more callbacks than this that block, others wait for one of them. */
  private static final int MAX_CALLBACK_THREADS = 64;

  private static final int CALLBACK_THREAD_SECONDS = 10;

  private final Settings settings;
  private final List<Dispatcher> dispatchers = new ArrayList<>();

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
  }

  /** Connections of their own to the server of {@code untracked}, which tell of changes. */
  private ServerBackend(ServerBackend untracked) {
    settings = untracked.settings;
    executor = untracked.executor;
    ownExecutor = null;
    breaker = untracked.breaker;
    changes = new ChangeHub();
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
      backend.start();
      if (waits) {
        backend.dispatchers.forEach(Dispatcher::awaitConnected);
      }
      return backend;
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /** Begins to connect, all connections to the same one of several servers, if it can be had. */
  private void start() {
    List<Address> order = new ArrayList<>(settings.servers());
    Collections.shuffle(order);
    for (int i = 0; i < settings.connections(); i++) {
      dispatchers.add(Dispatcher.start(settings, order, executor, changes));
    }
  }

  /** Begins to connect the first time. */
  @Override
  public synchronized ServerBackend tracked() {
    ServerBackend own = changes != null ? this : tracked;
    if (own == null) {
      own = new ServerBackend(this);
      tracked = own;
      own.start();
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
    } catch (ConnectionLostException e) {
      if (!settings.retriesReads() || !operation.isRead()) {
        throw e;
      }
      long leftNanos = startNanos + timeoutNanos - System.nanoTime();
      return call(next(chosen), operation, command, Math.max(1, leftNanos));
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
    Dispatcher chosen = choose(command);
    CompletableFuture<T> future = submit(chosen, operation, command, timeoutNanos, decode);
    if (settings.retriesReads() && operation.isRead()) {
      future =
          future.exceptionallyCompose(failure ->
              failure instanceof ConnectionLostException
                  ? submit(next(chosen), operation, command, timeoutNanos, decode)
                  : CompletableFuture.failedFuture(failure));
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
    int count = dispatchers.size();
    if (count == 1) {
      return dispatchers.get(0);
    }
    ByteBuffer key = key(command);
    if (key != null) {
      return dispatchers.get(Math.floorMod(key.hashCode(), count));
    }
    Dispatcher idlest = dispatchers.get(0);
    for (Dispatcher dispatcher : dispatchers) {
      idlest = dispatcher.pendingBytes() < idlest.pendingBytes() ? dispatcher : idlest;
    }
    return idlest;
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

  private Dispatcher next(Dispatcher dispatcher) {
    return dispatchers.get((dispatchers.indexOf(dispatcher) + 1) % dispatchers.size());
  }

  @Override
  public boolean knows(Feature feature) {
    return dispatchers.stream().allMatch(dispatcher -> dispatcher.knows(feature));
  }

  @Override
  public Executor executor() {
    return executor;
  }

  private synchronized void closeTracked() {
    closed = true;
    if (tracked != null) {
      tracked.close();
    }
  }

  @Override
  public int maxBatchItems() {
    return MAX_BATCH_ITEMS;
  }

  @Override
  public String server() {
    return settings.server();
  }

  @Override
  public void close() {
    dispatchers.forEach(Dispatcher::close);
    closeTracked();
    if (ownExecutor != null) {
      ownExecutor.shutdown();
    }
  }
}
