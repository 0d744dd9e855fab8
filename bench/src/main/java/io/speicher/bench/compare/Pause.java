package io.speicher.bench.compare;

import java.io.IOException;
import java.io.InterruptedIOException;

/** Waiting between two looks at something that nobody tells of. */
final class Pause {
  private Pause() {}

  static void millis(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException _) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
