package io.speicher.cli.copy;

import java.io.IOException;

/**
 * One side cannot go on: a target that is full or lets nobody write, a file that is damaged, a
 * login that is refused. The message says what is wrong and what to do.
 */
public final class CopyFailedException extends IOException {
  private static final long serialVersionUID = 1;

  CopyFailedException(String message) {
    super(message);
  }

  CopyFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
