package io.speicher.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Makes servers work, by {@code ./speicher bench} in a process of its own. */
final class Generator {
  static final int CONNECTIONS = 50;

  /** Before each measurement, for the compilers and the caches of both sides. */
  static final int WARM_UP_SECONDS = 1;

  private static final int PRELOAD_PIPELINE = 64;

  private final Programs programs;

  /** Where the load runs on a server with so many threads. */
  private final IntFunction<List<String>> pinning;

  private final int connections;

  Generator(Programs programs, IntFunction<List<String>> pinning, int connections) {
    this.programs = programs;
    this.pinning = pinning;
    this.connections = connections;
  }

  /** Stores every key. */
  void preload(Contender contender, RunningServer server, DataSet dataSet) throws IOException {
    List<String> command = command(contender, server, dataSet, PRELOAD_PIPELINE);
    command.add("--preload-only");
    run(contender, server, command);
  }

  /** As fast as the server answers. */
  Measurement closedLoop(
      Contender contender, RunningServer server, DataSet dataSet, Cell cell, int seconds)
      throws IOException {
    return measure(contender, server, cell, load(contender, server, dataSet, cell, seconds));
  }

  /** So many operations a second, however long the replies take. */
  Measurement openLoop(
      Contender contender, RunningServer server, DataSet dataSet, Cell cell, int seconds, long rate)
      throws IOException {
    List<String> command = load(contender, server, dataSet, cell, seconds);
    command.addAll(List.of("--rate", "" + rate));
    return measure(contender, server, cell, command);
  }

  private List<String> load(
      Contender contender, RunningServer server, DataSet dataSet, Cell cell, int seconds) {
    List<String> command = command(contender, server, dataSet, cell.pipeline());
    command.addAll(
        List.of(
            "--mix",
            cell.operation().mix,
            "--warm-up",
            WARM_UP_SECONDS + "s",
            "--duration",
            seconds + "s",
            "--server-pid",
            "" + server.pid(),
            "--json"));
    return command;
  }

  private List<String> command(
      Contender contender, RunningServer server, DataSet dataSet, int pipeline) {
    List<String> command = new ArrayList<>(pinning.apply(contender.threads()));
    command.addAll(
        List.of(
            programs.launcher(),
            "bench",
            "--target",
            contender.dialect().target(server.port),
            "--connections",
            "" + connections,
            "--pipeline",
            "" + pipeline,
            "--threads",
            "1",
            "--keys",
            "" + dataSet.keyCount(),
            "--value-size",
            "" + dataSet.valueBytes()));
    return command;
  }

  private Measurement measure(
      Contender contender, RunningServer server, Cell cell, List<String> command)
      throws IOException {
    String what = "%s over %s, %s".formatted(contender.title(), contender.dialect().title, cell);
    return Measurement.parse(run(contender, server, command)).requireClean(what);
  }

  private String run(Contender contender, RunningServer server, List<String> command)
      throws IOException {
    Path log = programs.log("load on port " + server.port);
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String said = Output.finish(process);
    if (process.exitValue() != 0) {
      throw new IOException(
          "the load on %s ended with status %d: %s; the command was: %s"
              .formatted(
                  contender.title(),
                  process.exitValue(),
                  Output.lastLine(log),
                  String.join(" ", command)));
    }
    return said;
  }
}
