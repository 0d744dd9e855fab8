package io.speicher.client.exception;

import org.jspecify.annotations.Nullable;

/**
 * There is no connection, and the last attempt to make one has failed: nobody listens there, the
 * host is unknown, nothing answered in time, or what answered is no Speicher server. The command
 * was not sent. The client goes on trying by itself, every 100 ms or so; until it succeeds, every
 * call fails like this at once. Where the server has refused the login, the cause is a {@link
 * RefusedException}.
 */
public final class ConnectFailedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public ConnectFailedException(String message, @Nullable Throwable cause) {
    super(message, false, cause);
  }
}
