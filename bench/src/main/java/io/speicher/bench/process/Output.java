package io.speicher.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What short-lived programs say. */
public final class Output {
  private Output() {}

  /** Runs a command and returns what it says. */
  public static String of(List<String> command) throws IOException {
    return finish(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Waits for the end of a process and returns its standard output. */
  public static String finish(Process process) throws IOException {
    String said = process.inputReader().readAllAsString().strip();
    process.onExit().join();
    return said;
  }

  /** The last line of a log, which tends to say why its program has ended. */
  public static String lastLine(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> !line.isBlank())
        .reduce((_, last) -> last)
        .orElse("it said nothing");
  }
}
