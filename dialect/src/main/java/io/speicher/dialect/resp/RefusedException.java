package io.speicher.dialect.resp;

/** A command was read to its end but cannot be executed; the message is the error for the peer. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final String SYNTAX = "ERR syntax error";
  static final String NOT_AN_INTEGER = "ERR value is not an integer or out of range";

  static final String NOT_AUTHENTICATED = "NOAUTH Authentication required.";
  static final String WRONG_PASSWORD =
      "WRONGPASS invalid username-password pair or user is disabled.";

  /** Has no stack trace: it says something about the peer, who must not make it expensive. */
  RefusedException(String message) {
    super(message, null, false, false);
  }

  static RefusedException syntax() {
    return new RefusedException(SYNTAX);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
