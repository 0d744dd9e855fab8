package io.speicher.server.command;

/**
 * A reply whose beginning the peer has cannot be completed, so its connection has to end. Has no
 * stack trace: slow peers can cause it.
 */
public final class ReplyLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ReplyLostException(String message) {
    super(message, null, false, false);
  }
}
