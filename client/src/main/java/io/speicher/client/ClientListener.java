package io.speicher.client;

import io.speicher.client.exception.SpeicherException;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a client does, for logs, metrics and traces. Every method does nothing by default.
 *
 * <p><b>Threads.</b> Methods about connections are called where callbacks run, {@link #started} on
 * the thread that calls, and {@link #completed} on the thread that has the result. They may block,
 * but hold up that caller.
 */
public interface ClientListener {
  /**
   * A connection serves.
   *
   * @param server its address; of several nodes, that of the one that was connected to
   */
  default void connected(String server) {}

  /**
   * A connection has ended, and another one is being made.
   *
   * @param server its address, as above
   */
  default void disconnected(String server, String reason) {}

  /**
   * The server could not be connected to. Told once until there is a connection again.
   *
   * @param server its address; of several nodes all, separated by commas
   */
  default void unreachable(String server, String reason) {}

  /**
   * A call begins, on the thread that makes it.
   *
   * @return is told how it ended, once; {@link #completed} of this listener unless overridden
   */
  default Completion started(Call call) {
    return (nanos, failure) -> completed(call.cache(), call.operation(), nanos, failure);
  }

  /**
   * A call has ended. Not called where {@link #started} is overridden.
   *
   * @param cache its name
   * @param operation as the method is named: {@code get}, {@code setAll}
   * @param nanos how long it took
   * @param failure null if it went well; a miss went well
   */
  default void completed(
      String cache, String operation, long nanos, @Nullable SpeicherException failure) {}

  /**
   * A command on its way to a server.
   *
   * @param server its address: {@code host:port}, or the path of a socket; of several nodes all,
   *     separated by commas
   * @param namespace of the client; empty if it has none
   * @param cache its name; empty if it has none
   * @param operation as the method is named: {@code get}, {@code setAll}
   */
  record Call(String server, String namespace, String cache, String operation) {}

  /** Is told how a call ended, on the thread that has the result. */
  @FunctionalInterface
  interface Completion {
    /**
     * The call has ended.
     *
     * @param nanos how long it took
     * @param failure null if it went well; a miss went well
     */
    void completed(long nanos, @Nullable SpeicherException failure);
  }
}
