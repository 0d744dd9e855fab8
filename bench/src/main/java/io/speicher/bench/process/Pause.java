package io.speicher.bench.process;

import java.io.IOException;
import java.io.InterruptedIOException;

/** Waiting between two looks at something that nobody tells of. */
public final class Pause {
  private Pause() {}

  public static void millis(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException _) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
