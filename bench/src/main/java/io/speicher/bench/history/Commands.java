package io.speicher.bench.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Runs short commands of the system. */
final class Commands {
  private Commands() {}

  /**
   * Runs a command to its end.
   *
   * @throws IOException with what it has said, if it fails
   */
  static void run(String... words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("%s: %s".formatted(String.join(" ", words), said));
    }
  }
}
