package io.speicher.bench.history;

/** A node has answered that it has not done what it was asked, or does not know. */
final class ErrorReplyException extends Exception {
  private static final long serialVersionUID = 1;

  ErrorReplyException(String message) {
    super(message);
  }

  /** Whether it may have been executed all the same. */
  boolean isUnknown() {
    return String.valueOf(getMessage()).contains("outcome unknown");
  }
}
