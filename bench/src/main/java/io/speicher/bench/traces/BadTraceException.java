package io.speicher.bench.traces;

/** A trace that cannot be understood. The message says where, what and why. */
final class BadTraceException extends Exception {
  private static final long serialVersionUID = 1;

  BadTraceException(String message) {
    super(message);
  }
}
