package io.speicher.tck;

/** The server did something else than a case expects. The message says what, in one line. */
final class CaseFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String expected;

  CaseFailure(String message, String expected) {
    super(message);
    this.expected = expected;
  }

  /** What should have come instead. */
  String expected() {
    return expected;
  }
}
