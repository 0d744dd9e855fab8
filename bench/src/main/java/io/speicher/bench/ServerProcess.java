package io.speicher.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server under measurement, on a core of its own. */
final class ServerProcess implements AutoCloseable {
  private static final double TICK_MICROS = 1e6 / 100; // USER_HZ is 100 on every Linux.

  final String name;
  final Dialect dialect;
  final int port;
  private final Process process;

  private ServerProcess(String name, Dialect dialect, int port, Process process) {
    this.name = name;
    this.dialect = dialect;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts a server and returns when {@code ready}, whose first group is the port, is in what it
   * says.
   */
  static ServerProcess start(String name, Dialect dialect, Pattern ready, List<String> command)
      throws IOException {
    return start(name, dialect, ready, new ProcessBuilder(command));
  }

  /** The same, for a process that takes more than a command. */
  static ServerProcess start(String name, Dialect dialect, Pattern ready, ProcessBuilder builder)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = ready.matcher(line);
      if (matcher.find()) {
        Thread.ofPlatform().daemon().start(() -> pass(output));
        return new ServerProcess(name, dialect, Integer.parseInt(matcher.group(1)), process);
      }
      System.err.println(line);
    }
    throw new IOException("the server did not start: " + String.join(" ", builder.command()));
  }

  private static void pass(BufferedReader output) {
    try {
      output.lines().forEach(System.err::println);
    } catch (UncheckedIOException e) {
      // The process has been ended, and its output closed.
    }
  }

  /** User and system time that the process has taken so far, all threads together. */
  double cpuMicros() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    // The second field is a name in parentheses that may hold spaces; utime and stime are 14 and
    // 15.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
  }

  /** What the process has in memory now. */
  long residentBytes() throws IOException {
    String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
    return firstNumber("VmRSS:\\s+(\\d+) kB", status) << 10;
  }

  /** What is on the heap of a Java process after a full collection, whatever its collector is. */
  long liveHeapBytes() throws IOException, InterruptedException {
    return firstNumber("Total\\s+\\d+\\s+(\\d+)", jcmd("GC.class_histogram"));
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

  private static long firstNumber(String pattern, String text) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
