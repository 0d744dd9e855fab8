package io.speicher.bench.traces;

import java.io.IOException;
import java.nio.file.Path;

/** Where the bundled traces are. */
final class TraceJar {
  private TraceJar() {}

  /** Fetches it first if it is not there, by the script that {@code bench.traceJar} names. */
  static Path path() throws IOException {
    Process script =
        new ProcessBuilder(System.getProperty("bench.traceJar", "bench/trace-jar"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String path = script.inputReader().readAllAsString().strip();
    if (script.onExit().join().exitValue() != 0) {
      throw new IOException("no traces");
    }
    return Path.of(path);
  }
}
