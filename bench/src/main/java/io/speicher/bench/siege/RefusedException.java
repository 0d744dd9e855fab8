package io.speicher.bench.siege;

import java.io.IOException;

/** The server answered a request with an error of its dialect. */
final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
