package io.speicher.bench.siege;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/** What the server says during a siege: kept in a file, and counted. Any thread. */
final class ServerLog implements AutoCloseable {
  /** How the lines of a Java stack trace begin. */
  private static final String STACK_FRAME = "\tat ";

  private final Path file;
  private final PrintWriter out;
  private final LongAdder lines = new LongAdder();
  private final LongAdder stackFrames = new LongAdder();

  ServerLog(Path file) throws IOException {
    this.file = file;
    Files.createDirectories(file.toAbsolutePath().getParent());
    out = new PrintWriter(Files.newBufferedWriter(file), true);
  }

  void add(String line) {
    lines.increment();
    if (line.startsWith(STACK_FRAME)) {
      stackFrames.increment();
    }
    out.println(line);
  }

  Path file() {
    return file;
  }

  long lines() {
    return lines.sum();
  }

  long stackFrames() {
    return stackFrames.sum();
  }

  @Override
  public void close() {
    out.close();
  }
}
