package io.speicher.protocol;

/**
 * What was read makes no sense, and where the next message starts is lost: the connection has to
 * end. The message tells the peer why, in one sentence without any of its keys and values.
 *
 * <p>It carries no stack trace: it says something about the peer, not about this code, and a peer
 * must not be able to make it expensive.
 */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ProtocolException(String message) {
    super(message, null, false, false);
  }

  /** The message, which is always there. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
