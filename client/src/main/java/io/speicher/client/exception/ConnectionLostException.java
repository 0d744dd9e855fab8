package io.speicher.client.exception;

import org.jspecify.annotations.Nullable;

/**
 * The connection ended after the command was sent and before its reply came: the server stopped or
 * closed it, the network failed, or nothing was received for so long that the client gave it up.
 * The server may have run the command or not. The client connects again by itself, but never sends
 * such a command twice.
 */
public final class ConnectionLostException extends SpeicherException {
  private static final long serialVersionUID = 1;

  public ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, true, cause);
  }
}
