package io.speicher.cli.copy;

import io.speicher.cli.console.Peer;
import java.io.IOException;

/** Something went wrong with one of the two servers: the cause says what. */
public final class EndpointException extends IOException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // It is not going to be sent anywhere.
  private final Peer peer;

  private final Exception failure;

  EndpointException(Peer peer, Exception cause) {
    super(cause.getMessage(), cause);
    this.peer = peer;
    this.failure = cause;
  }

  /** The server it went wrong with. */
  public Peer peer() {
    return peer;
  }

  /** What went wrong: the cause. */
  public Exception failure() {
    return failure;
  }
}
