package io.speicher.client;

import static io.speicher.client.Arguments.nonNull;

import io.speicher.client.backend.Backend;
import java.time.Duration;

/**
 * Makes clients whose commands something else than a server executes. Modules beside this one use
 * it; programs cannot, since {@link Backend} is not exported to them.
 */
public final class Backends {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private Backends() {}

  /**
   * A client that closes the backend when it is closed.
   *
   * @param namespace what all its keys begin with
   */
  @SuppressWarnings("exports") // To whom the package is exported, the type is visible.
  public static Speicher speicher(Backend backend, String namespace) {
    return new BackendSpeicher(
        nonNull("backend", backend), nonNull("namespace", namespace), TIMEOUT, null);
  }
}
