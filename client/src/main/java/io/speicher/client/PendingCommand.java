package io.speicher.client;

import io.speicher.client.wire.Address;
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
    DROPPED
  }

  private final Operation operation;
  private final Address server;
  private final Function<Reply, T> decode;
  private final long timeoutNanos;
  private final long startNanos = System.nanoTime();
  private final CompletableFuture<T> future = new CompletableFuture<>();

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  /**
   * Belongs to whoever ends the waiting, and is null then: a large value does not stay for long.
   */
  private @Nullable ByteBuffer frame;

  /** Written by the sender before the command is in flight, and read while it is. */
  private long sentNanos;

  PendingCommand(
      Operation operation,
      ByteBuffer frame,
      Address server,
      long timeoutNanos,
      Function<Reply, T> decode) {
    this.operation = operation;
    this.frame = frame;
    this.server = server;
    this.timeoutNanos = timeoutNanos;
    this.decode = decode;
  }

  Operation operation() {
    return operation;
  }

  CompletableFuture<T> future() {
    return future;
  }

  long timeoutNanos() {
    return timeoutNanos;
  }

  long deadlineNanos() {
    return startNanos + timeoutNanos;
  }

  /** When it was sent; means nothing before. */
  long sentNanos() {
    return sentNanos;
  }

  /** Whether the caller has an answer, or does not want one any more. */
  boolean isDone() {
    return future.isDone();
  }

  /**
   * Hands the frame over, to be sent now: from here on the server may execute the command. Returns
   * null if the command was dropped.
   */
  @Nullable ByteBuffer send(long nowNanos) {
    if (!state.compareAndSet(State.WAITING, State.SENT)) {
      return null;
    }
    sentNanos = nowNanos;
    ByteBuffer sent = frame;
    frame = null;
    return sent;
  }

  /** Drops the command unless it was sent, and returns whether it was. */
  private boolean wasSent() {
    if (state.compareAndSet(State.WAITING, State.DROPPED)) {
      frame = null;
    }
    return state.get() == State.SENT;
  }

  /** Completes the future with what {@code reply} means. */
  void complete(Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      fail(
          new RefusedException(
              operation.label() + " refused: " + facts(refused.statusCode(), refused.message()),
              refused.statusCode()));
    } else if (reply instanceof Reply.Failed failed) {
      fail(
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
      fail(e);
      return;
    }
    future.complete(result);
  }

  void fail(Throwable failure) {
    future.completeExceptionally(failure);
  }

  /**
   * Fails if its time is over.
   *
   * @return the nanoseconds until it has to be asked again; {@link Long#MAX_VALUE} for never
   */
  long expire(long nowNanos) {
    if (isDone()) {
      return Long.MAX_VALUE;
    }
    long leftNanos = deadlineNanos() - nowNanos;
    if (leftNanos > 0) {
      return leftNanos;
    }
    timeOut();
    return Long.MAX_VALUE;
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

  void failClosed() {
    fail(
        new ClosedException(
            operation.label() + " failed, the client is closed: " + facts(), wasSent()));
  }

  void failQueueFull(int maxPending) {
    fail(
        new QueueFullException(
            operation.label()
                + " not sent, too many commands wait for replies: server="
                + server
                + " (expected: at most maxPending="
                + maxPending
                + "; wait for replies before asking for more)"));
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

  /** Fails unless it was sent: then there has been a connection meanwhile. */
  void failNotConnected(ConnectFailedException cause) {
    if (!wasSent()) {
      fail(
          new ConnectFailedException(
              operation.label() + " not sent, " + cause.getMessage(), cause.getCause()));
    }
  }

  private String facts() {
    long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    return "server=" + server + " elapsedMillis=" + elapsedMillis;
  }

  private String facts(int statusCode, String message) {
    return "server=" + server + " statusCode=" + statusCode + " message=" + message;
  }
}
