package io.speicher.junit;

import io.speicher.client.Speicher;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A program that measures how long a test waits for a server: the first one in a process, the
 * median of twenty more, and the median of five beside it.
 */
final class ReadyTime {
  private ReadyTime() {}

  public static void main(String[] arguments) {
    System.out.println("inside, first: " + millis(true) + " ms");
    System.out.println("inside, then:  " + median(true, 20) + " ms");
    System.out.println("beside:        " + median(false, 5) + " ms");
    System.exit(0);
  }

  private static long median(boolean isInside, int rounds) {
    long[] millis = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      millis[i] = millis(isInside);
    }
    Arrays.sort(millis);
    return millis[rounds / 2];
  }

  /** From the start to the first answer. */
  private static long millis(boolean isInside) {
    long startNanos = System.nanoTime();
    LocalServer server = LocalServer.start(isInside);
    try (Speicher speicher = Speicher.connect(server.host(), server.port())) {
      boolean unused = speicher.set("k", "v");
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
