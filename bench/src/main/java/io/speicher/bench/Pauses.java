package io.speicher.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.speicher.bench.process.LoadGenerator;
import io.speicher.bench.process.Measurement;
import io.speicher.bench.process.ServerProcess;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The longest stops of a full Speicher server at full load, for one choice of collector after the
 * other, each with a server of its own.
 *
 * <p>What counts is after the filling: as many gets as sets of random keys, 50 connections with 16
 * requests each on their way. Pauses are what the collector logs as such; a safepoint is any stop
 * of all threads, from the request to stop until they go on.
 */
public final class Pauses {
  private static final int CONNECTIONS = 50;
  private static final int DEPTH = 16;

  /** What Speicher stores of an item beside its value is less than this. */
  private static final int ITEM_BYTES = 64;

  /** Undoes what the launcher chose: two collectors at a time are refused. */
  private static final String NO_COLLECTOR =
      "-XX:-UseSerialGC -XX:-UseParallelGC -XX:-UseG1GC -XX:-UseZGC -XX:-UseShenandoahGC";

  private static final List<String> COLLECTORS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseParallelGC",
          "-XX:+UseG1GC",
          "-XX:+UseZGC",
          "-XX:+UseShenandoahGC -XX:ShenandoahGCMode=generational");

  private static final Pattern PAUSE = Pattern.compile("Pause .* (\\d+\\.\\d+)ms$");
  private static final Pattern SAFEPOINT = Pattern.compile("Safepoint .* Total: +(\\d+) ns");
  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private final String launcher;
  private final long memoryBytes;
  private final int valueBytes;
  private final int seconds;

  private Pauses(String launcher, Arguments arguments) {
    this.launcher = launcher;
    memoryBytes = arguments.bytes("memory", "8gb");
    valueBytes = (int) arguments.number("value", 1_000);
    seconds = (int) arguments.number("seconds", 300);
    arguments.requireNoOthers();
  }

  /** Arguments: the launcher, and then what bench/pauses says. */
  public static void main(String[] words) throws IOException {
    Arguments arguments = new Arguments(List.of(words).subList(1, words.length));
    Pauses pauses = new Pauses(words[0], arguments);
    Machine.print(out);
    out.printf(
        "load     %,d MB of items, values of %,d bytes, %,d s%n%n",
        pauses.memoryBytes >> 20, pauses.valueBytes, pauses.seconds);
    out.printf(
        "%8s %10s %10s  %10s %10s  %8s %12s %9s  %s%n",
        "pauses",
        "longest",
        "all",
        "safepoints",
        "longest",
        "CPU/op",
        "operations",
        "RSS",
        "options");
    out.printf(
        "%8s %10s %10s  %10s %10s  %8s %12s %9s%n", "", "ms", "ms", "", "ms", "µs", "/s", "MB");
    List<String> choices = arguments.words().isEmpty() ? COLLECTORS : arguments.words();
    for (String options : choices) {
      pauses.measure(options);
    }
  }

  private void measure(String options) throws IOException {
    Path log = Files.createTempFile("speicher-pauses", ".log");
    try (ServerProcess server = start(options, log)) {
      LoadGenerator load = load(server);
      load.preload();
      long logged = Files.size(log);
      Measurement measured =
          load.measure(server.statistics().pid(), "get=1,set=1", 0, seconds, List.of());
      print(options, linesAfter(log, logged), server, measured);
    } finally {
      Files.delete(log);
    }
  }

  private ServerProcess start(String options, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher, "server", "--port", "0", "--memory", (memoryBytes >> 20) + "mb");
    builder
        .environment()
        .put(
            "SPEICHER_JAVA_OPTS",
            NO_COLLECTOR
                + " "
                + options
                + " -Xlog:gc,gc+phases,safepoint:file="
                + log
                + "::filecount=0");
    return ServerProcess.start("Speicher", ServerProcess.SPEICHER_LISTENS, builder);
  }

  private LoadGenerator load(ServerProcess server) {
    long keys = memoryBytes / (ITEM_BYTES + valueBytes);
    return new LoadGenerator(
        List.of(launcher), Protocol.JSON, server.port(), CONNECTIONS, DEPTH, keys, valueBytes);
  }

  /** What was logged after the first {@code logged} bytes. */
  private static List<String> linesAfter(Path log, long logged) throws IOException {
    byte[] all = Files.readAllBytes(log);
    return new String(all, (int) logged, all.length - (int) logged, UTF_8).lines().toList();
  }

  /** The times that the pattern finds, in order of length. */
  private static double[] millis(List<String> lines, Pattern pattern, double unitMillis) {
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::find)
        .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)) * unitMillis)
        .sorted()
        .toArray();
  }

  private void print(String options, List<String> lines, ServerProcess server, Measurement measured)
      throws IOException {
    double[] pauses = millis(lines, PAUSE, 1);
    double[] safepoints = millis(lines, SAFEPOINT, 1e-6);
    out.printf(
        "%,8d %10.2f %,10.1f  %,10d %10.2f  %8.2f %,12d %,9d  %s%n",
        pauses.length,
        last(pauses),
        Arrays.stream(pauses).sum(),
        safepoints.length,
        last(safepoints),
        measured.serverCpuMicros(),
        Math.round(measured.operationsPerSecond()),
        server.statistics().residentBytes() >> 20,
        options);
  }

  private static double last(double[] sorted) {
    return sorted.length == 0 ? 0 : sorted[sorted.length - 1];
  }
}
