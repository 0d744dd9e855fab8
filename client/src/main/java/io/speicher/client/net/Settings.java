package io.speicher.client.net;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Tls;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server and what to expect of it, all of it valid.
 *
 * @param servers where it is; or several nodes of one cluster, of which any will do
 * @param heartbeatNanos after so long without a sign of life from the server, it is asked for one
 * @param maxPendingBytes what all commands without a reply may take
 * @param connections to the server, each of which has a share of the keys
 * @param breakerFailures so many failures in a row open the breaker; 0 for no breaker
 * @param breakerNanos for so long
 * @param retriesReads whether a read whose connection was lost is sent once more
 * @param callbackExecutor where futures are completed; null for threads of the client's own
 */
public record Settings(
    List<Address> servers,
    @Nullable Login login,
    @Nullable Tls tls,
    long timeoutNanos,
    int connectTimeoutMillis,
    long heartbeatNanos,
    long maxPendingBytes,
    int maxFrameBytes,
    int connections,
    int breakerFailures,
    long breakerNanos,
    boolean retriesReads,
    @Nullable Executor callbackExecutor,
    ConnectionObserver observer) {

  /** The same for one of several servers, or for another one of their cluster. */
  Settings at(Address server) {
    return new Settings(
        List.of(server),
        login,
        tls,
        timeoutNanos,
        connectTimeoutMillis,
        heartbeatNanos,
        maxPendingBytes,
        maxFrameBytes,
        connections,
        breakerFailures,
        breakerNanos,
        retriesReads,
        callbackExecutor,
        observer);
  }

  /** Where the server is, for messages. */
  public String server() {
    return servers.stream().map(Address::toString).collect(Collectors.joining(","));
  }
}
