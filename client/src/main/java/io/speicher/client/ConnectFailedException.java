package io.speicher.client;

import org.jspecify.annotations.Nullable;

/**
 * There is no connection, and the last attempt to make one has failed: nobody listens there, the
 * host is unknown, or nothing answered in time. The command was not sent. The client goes on trying
 * by itself, at most once a second; until it succeeds, every call fails like this at once.
 */
public final class ConnectFailedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  ConnectFailedException(String message, @Nullable Throwable cause) {
    super(message, false, cause);
  }
}
