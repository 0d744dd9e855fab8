package io.speicher.client.net;

import io.speicher.client.backend.Operation;
import io.speicher.client.exception.CallInterruptedException;
import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.CommandTimeoutException;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.ConnectionLostException;
import io.speicher.client.exception.MalformedReplyException;
import io.speicher.client.exception.QueueFullException;
import io.speicher.client.exception.RefusedException;
import io.speicher.client.exception.ServerFailedException;
import io.speicher.protocol.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A command whose reply has not come, and the future of its result.
 *
 * <p>Whoever completes the future first decides what the caller sees: a command that has timed out
 * stays where it is, so that its late reply is recognised, and completing it again does nothing.
 * Before it fails without being sent, it is dropped, so that no sender takes it any more.
 *
 * <p><b>Threads.</b> Any thread may call any method.
 */
final class PendingCommand<T extends @Nullable Object> {
  private enum State {
    WAITING,
    SENT,
    /** It was sent, and then answered or lost. */
    ENDED,
    /** It will not be sent. */
    DROPPED
  }

  /** What a command takes beside its frame, about. */
  private static final int OVERHEAD_BYTES = 256;

  private static final int CONFLICT = 409;

  private final Operation operation;
  private final String server;
  private final Function<? super Reply, ? extends T> decode;
  private final int weight;
  private final long timeoutNanos;
  private final long startNanos = System.nanoTime();
  private final CompletableFuture<T> future = new CompletableFuture<>();

  /** Where the future is completed, or null for the thread that knows the result. */
  private final @Nullable Callbacks callbacks;

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  /**
   * Belongs to whoever ends the waiting, and is null then: a large value does not stay for long.
   */
  private @Nullable ByteBuffer frame;

  /** Written by the sender before the command is in flight, and read while it is. */
  private long sentNanos;

  /** The same: where it is in flight. */
  private @Nullable Connection carrier;

  /** Belongs to {@link Deadlines}. */
  private long dueNanos;

  /**
   * @param server where it may be sent to, for messages
   * @param callbacks where the future is completed, or null if nothing but a waiting caller depends
   *     on it
   */
  PendingCommand(
      Operation operation,
      ByteBuffer frame,
      String server,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode,
      @Nullable Callbacks callbacks) {
    this.operation = operation;
    this.frame = frame;
    this.server = server;
    this.timeoutNanos = timeoutNanos;
    this.decode = decode;
    this.callbacks = callbacks;
    weight = frame.remaining() + OVERHEAD_BYTES;
    dueNanos = startNanos + timeoutNanos;
  }

  Operation operation() {
    return operation;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /** Whether nothing but a waiting caller depends on it. */
  boolean isAwaited() {
    return callbacks == null;
  }

  /** How much memory it takes, in bytes. */
  int weight() {
    return weight;
  }

  long deadlineNanos() {
    return startNanos + timeoutNanos;
  }

  /** When it was sent; means nothing before. */
  long sentNanos() {
    return sentNanos;
  }

  /** When {@link Deadlines} looks at it next: at its deadline, unless told otherwise. */
  long dueNanos() {
    return dueNanos;
  }

  void dueAt(long nanos) {
    dueNanos = nanos;
  }

  /** Whether nothing will become of it any more: it was answered, lost, or dropped. */
  boolean hasEnded() {
    State now = state.get();
    return now == State.ENDED || now == State.DROPPED;
  }

  /** Whether it was sent, and its reply has not come. */
  boolean isInFlight() {
    return state.get() == State.SENT;
  }

  /** The connection that it is in flight on, or null if it is not. */
  @Nullable Connection carrier() {
    return isInFlight() ? carrier : null;
  }

  /** It is in flight no more, since its reply has come or will not come. */
  void end() {
    state.set(State.ENDED);
  }

  /** Whether the caller has an answer, or does not want one any more. */
  boolean isDone() {
    return future.isDone();
  }

  /**
   * Hands the frame over, to be sent now: from here on the server may execute the command. Returns
   * null if the command was dropped.
   */
  @Nullable ByteBuffer send(long nowNanos, Connection connection) {
    sentNanos = nowNanos;
    carrier = connection;
    if (!state.compareAndSet(State.WAITING, State.SENT)) {
      return null;
    }
    ByteBuffer sent = frame;
    frame = null;
    return sent;
  }

  /** Drops the command unless it was sent, and returns whether it was. */
  private boolean wasSent() {
    if (state.compareAndSet(State.WAITING, State.DROPPED)) {
      frame = null;
    }
    return state.get() != State.DROPPED;
  }

  /** Completes the future with what {@code reply} means. */
  void complete(Reply reply) {
    if (callbacks == null) {
      completeNow(reply);
    } else {
      callbacks.add(() -> completeNow(reply));
    }
  }

  private void completeNow(Reply reply) {
    if (future.isDone()) {
      return;
    }
    if (reply instanceof Reply.Exists && !operation.mayConflict()) {
      completeNow(new Reply.Refused(CONFLICT, "the server says that there is a conflict"));
    } else if (reply instanceof Reply.Refused refused) {
      future.completeExceptionally(
          new RefusedException(
              operation.label() + " refused: " + facts(refused.statusCode(), refused.message()),
              refused.statusCode()));
    } else if (reply instanceof Reply.Failed failed) {
      future.completeExceptionally(
          new ServerFailedException(
              operation.label() + " failed: " + facts(failed.statusCode(), failed.message()),
              failed.statusCode()));
    } else {
      completeDecoded(reply);
    }
  }

  private void completeDecoded(Reply reply) {
    T result;
    try {
      result = decode.apply(reply);
    } catch (Throwable e) { // Whatever a codec throws, the caller must not wait for ever.
      future.completeExceptionally(e);
      return;
    }
    future.complete(result);
  }

  void fail(Throwable failure) {
    if (callbacks == null) {
      future.completeExceptionally(failure);
    } else {
      callbacks.add(() -> future.completeExceptionally(failure));
    }
  }

  /** Fails before anybody has the future, on the thread that submits it. */
  void failAtOnce(Throwable failure) {
    future.completeExceptionally(failure);
  }

  /** Fails because its time is over, and returns that failure. */
  CommandTimeoutException timeOut() {
    CommandTimeoutException failure =
        new CommandTimeoutException(
            operation.label()
                + " timed out: "
                + facts()
                + " (expected: within "
                + TimeUnit.NANOSECONDS.toMillis(timeoutNanos)
                + ")",
            wasSent());
    fail(failure);
    return failure;
  }

  /** Fails because its caller does not wait any more, and returns that failure. */
  CallInterruptedException interrupt(InterruptedException cause) {
    CallInterruptedException failure =
        new CallInterruptedException(
            operation.label() + " interrupted: " + facts(), wasSent(), cause);
    fail(failure);
    return failure;
  }

  /** What it fails with when the client is closed. */
  ClosedException closed() {
    return new ClosedException(
        operation.label() + " failed, the client is closed: " + facts(), wasSent());
  }

  QueueFullException queueFull(long maxPendingBytes) {
    return new QueueFullException(
        operation.label()
            + " not sent, too much waits for replies: server="
            + server
            + " (expected: at most maxPendingBytes="
            + maxPendingBytes
            + "; wait for replies before asking for more)");
  }

  void failMalformed(String reason) {
    fail(
        new MalformedReplyException(
            operation.label()
                + " got a malformed reply, closing the connection: "
                + facts()
                + " reason="
                + reason));
  }

  void failLost(String reason, @Nullable Throwable cause) {
    fail(
        new ConnectionLostException(
            operation.label() + " lost its connection: " + facts() + " reason=" + reason, cause));
  }

  /** What it fails with when there is no connection, or null if it was sent on one. */
  @Nullable ConnectFailedException notConnected(ConnectFailedException cause) {
    return wasSent()
        ? null
        : new ConnectFailedException(
            operation.label() + " not sent, " + cause.getMessage(), cause.getCause());
  }

  /** The server that it was sent to, or those that it may be sent to. */
  private String sentTo() {
    Connection sender = state.get() == State.WAITING ? null : carrier;
    return sender == null ? server : sender.server();
  }

  private String facts() {
    long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    return "server=" + sentTo() + " elapsedMillis=" + elapsedMillis;
  }

  private String facts(int statusCode, String message) {
    return "server=" + sentTo() + " statusCode=" + statusCode + " message=" + message;
  }
}
