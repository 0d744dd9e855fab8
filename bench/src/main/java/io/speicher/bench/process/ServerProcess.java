package io.speicher.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server under measurement, in a process of its own. */
public final class ServerProcess implements AutoCloseable {
  /** What Speicher says when it is ready; its group is the port. */
  public static final Pattern SPEICHER_LISTENS = Pattern.compile("listening on [^ ]*:(\\d+)");

  private final String name;
  private final int port;
  private final Process process;
  private final ProcessStatistics statistics;

  private ServerProcess(String name, int port, Process process) {
    this.name = name;
    this.port = port;
    this.process = process;
    statistics = new ProcessStatistics(process.pid());
  }

  /**
   * Starts a server and returns when {@code ready}, whose first group is the port, is in what it
   * says. Its output goes to standard error.
   */
  public static ServerProcess start(String name, Pattern ready, ProcessBuilder builder)
      throws IOException {
    return start(name, ready, builder, System.err::println);
  }

  /** The same, with each line of its output given to {@code output}, by one thread at a time. */
  public static ServerProcess start(
      String name, Pattern ready, ProcessBuilder builder, Consumer<String> output)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    BufferedReader lines = process.inputReader();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher matcher = ready.matcher(line);
      if (matcher.find()) {
        Thread.ofPlatform().daemon().start(() -> pass(lines, output));
        return new ServerProcess(name, Integer.parseInt(matcher.group(1)), process);
      }
      output.accept(line);
    }
    throw new IOException("the server did not start: " + String.join(" ", builder.command()));
  }

  private static void pass(BufferedReader lines, Consumer<String> output) {
    try {
      lines.lines().forEach(output);
    } catch (UncheckedIOException e) {
      // The process has been ended, and its output closed.
    }
  }

  public String name() {
    return name;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  public ProcessStatistics statistics() {
    return statistics;
  }

  /** What is on the heap of a Java process after a full collection, whatever its collector is. */
  public long liveHeapBytes() throws IOException, InterruptedException {
    String histogram = jcmd("GC.class_histogram");
    Matcher matcher = Pattern.compile("Total\\s+\\d+\\s+(\\d+)").matcher(histogram);
    if (!matcher.find()) {
      throw new IOException("jcmd shows no total: " + histogram);
    }
    return Long.parseLong(matcher.group(1));
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process diagnosis = new ProcessBuilder(jcmd, Long.toString(process.pid()), command).start();
    String said = diagnosis.inputReader().readAllAsString();
    if (diagnosis.waitFor() != 0) {
      throw new IOException("jcmd failed: " + said);
    }
    return said;
  }

  /**
   * Asks the process to end by SIGTERM.
   *
   * @return its exit status, or nothing if it had to be killed after {@code seconds}
   */
  public OptionalInt stop(int seconds) throws InterruptedException {
    process.destroy();
    if (process.waitFor(seconds, TimeUnit.SECONDS)) {
      return OptionalInt.of(process.exitValue());
    }
    process.destroyForcibly().waitFor();
    return OptionalInt.empty();
  }

  /** Ends the process by SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
