package io.speicher.load;

/** The run cannot go on. The message is for the user: what is wrong, why, and what to do. */
final class LoadException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitStatus;

  LoadException(int exitStatus, String message, Throwable cause) {
    super(message, cause);
    this.exitStatus = exitStatus;
  }

  LoadException(String message) {
    super(message);
    exitStatus = 1;
  }

  /** The status to exit with. */
  int exitStatus() {
    return exitStatus;
  }
}
