package io.speicher.client.exception;

/**
 * The server could not run the command (status 5xx): it has no room for the value, has too many
 * connections, or failed inside. The same command may succeed later. After a failed {@code set} the
 * old value may be gone.
 */
public final class ServerFailedException extends SpeicherException {
  private static final long serialVersionUID = 1;

  private final int statusCode;

  public ServerFailedException(String message, int statusCode) {
    super(message, true, null);
    this.statusCode = statusCode;
  }

  /** The status of the reply, from 500 to 599. */
  public int statusCode() {
    return statusCode;
  }
}
