package io.speicher.client.backend;

import io.speicher.protocol.Command;
import io.speicher.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executes commands in this process, on the thread that asks, without waiting for anything: what is
 * submitted is done when the future is returned, and batches need not be cut.
 */
public abstract class LocalBackend implements Backend {
  protected LocalBackend() {}

  @Override
  public final <T extends @Nullable Object> CompletableFuture<T> submit(
      Operation operation,
      Command command,
      long timeoutNanos,
      Function<? super Reply, ? extends T> decode) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      future.complete(decode.apply(call(operation, command, timeoutNanos)));
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
    return future;
  }

  @Override
  public boolean knows(Feature feature) {
    return feature != Feature.CLUSTER;
  }

  @Override
  public final Backend tracked() {
    return this;
  }

  /** Tells nothing: what is in this process already needs no near cache. */
  @Override
  public final void listen(KeyListener listener) {}

  /** A thread for each task: there are few, since nobody waits here. */
  @Override
  public final Executor executor() {
    return task -> {
      Thread thread = new Thread(null, task, "speicher-callback-" + server(), 0, false);
      thread.setDaemon(true);
      thread.start();
    };
  }

  @Override
  public final int maxBatchItems() {
    return Integer.MAX_VALUE;
  }
}
