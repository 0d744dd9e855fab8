package io.speicher.cli.copy;

import io.speicher.cli.console.Peer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

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

  /** It went wrong with a file: what the system has said becomes a sentence. */
  static EndpointException ofFile(Path file, IOException cause) {
    Peer peer = Endpoint.ofFile("FILE", file, Duration.ZERO);
    if (cause instanceof CopyFailedException) {
      return new EndpointException(peer, cause);
    }
    String why =
        cause instanceof NoSuchFileException
            ? "there is no such file or folder"
            : cause instanceof AccessDeniedException
                ? "permission denied"
                : "cannot read or write it: " + cause.getMessage();
    return new EndpointException(peer, new CopyFailedException(why, cause));
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
