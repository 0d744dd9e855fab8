package io.speicher.client;

import io.speicher.client.exception.SpeicherException;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a client does, for logs and metrics. Every method does nothing by default.
 *
 * <p><b>Threads.</b> Methods about connections are called where callbacks run, {@link #completed}
 * on the thread that has the result. They may block, but hold up that caller.
 */
public interface ClientListener {
  /**
   * A connection serves.
   *
   * @param server its address
   */
  default void connected(String server) {}

  /** A connection has ended, and another one is being made. */
  default void disconnected(String server, String reason) {}

  /** The server could not be connected to. Told once until there is a connection again. */
  default void unreachable(String server, String reason) {}

  /**
   * A call has ended.
   *
   * @param cache its name
   * @param operation as the method is named: {@code get}, {@code setAll}
   * @param nanos how long it took
   * @param failure null if it went well; a miss went well
   */
  default void completed(
      String cache, String operation, long nanos, @Nullable SpeicherException failure) {}
}
