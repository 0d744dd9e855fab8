package io.speicher.client.backend;

import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executes commands. What it gives back is never {@link Reply.Refused} nor {@link Reply.Failed}:
 * these, and all else that goes wrong, is a {@link io.speicher.client.exception.SpeicherException}.
 *
 * <p><b>Threads.</b> Any thread may call any method. The commands of one thread for one key take
 * effect in the order of its calls.
 *
 * <p><b>Memory.</b> The buffers of a command are not used any more when a method has returned;
 * those of a reply belong to who asked.
 */
public interface Backend extends AutoCloseable {
  /**
   * Executes a command and waits for its reply.
   *
   * @param timeoutNanos from now on
   */
  Reply call(Operation operation, Command command, long timeoutNanos);

  /**
   * Executes a command without waiting. The future is completed with what {@code decode} makes of
   * the reply, on a thread where callbacks may block.
   */
  <T extends @Nullable Object> CompletableFuture<T> submit(
      Operation operation,
      Command command,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode);

  /**
   * Whether it can do that. False while nothing is known, which is so before the first connection.
   */
  boolean knows(Feature feature);

  /** Where callbacks run, which may block. It may refuse tasks. */
  Executor executor();

  /**
   * The same server, whose replies come between pushes: commands that go this way are those that
   * {@link #listen} tells the changes of. Closed with this one.
   */
  Backend tracked();

  /**
   * Tells {@code listener} of keys that were read through {@link #tracked} and have changed since.
   *
   * @param listener not kept from being collected
   */
  void listen(KeyListener listener);

  /** The longest batch that it takes at once, in items; longer ones are cut. */
  int maxBatchItems();

  /** Where commands are executed, for messages. */
  String server();

  /** Fails what has no reply, and everything that comes later. Does nothing the second time. */
  @Override
  void close();
}
