package io.speicher.bench.compare;

import io.speicher.bench.process.LoadGenerator;
import io.speicher.bench.process.Measurement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Makes servers work, by the load generator on a core of its own. */
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
    load(contender, server, dataSet, PRELOAD_PIPELINE).preload();
  }

  /** As fast as the server answers. */
  Measurement closedLoop(
      Contender contender, RunningServer server, DataSet dataSet, Cell cell, int seconds)
      throws IOException {
    return measure(contender, server, dataSet, cell, seconds, List.of());
  }

  /** So many operations a second, however long the replies take. */
  Measurement openLoop(
      Contender contender, RunningServer server, DataSet dataSet, Cell cell, int seconds, long rate)
      throws IOException {
    return measure(contender, server, dataSet, cell, seconds, List.of("--rate", "" + rate));
  }

  private Measurement measure(
      Contender contender,
      RunningServer server,
      DataSet dataSet,
      Cell cell,
      int seconds,
      List<String> more)
      throws IOException {
    return load(contender, server, dataSet, cell.pipeline())
        .measure(server.pid(), cell.operation().mix, WARM_UP_SECONDS, seconds, more)
        .requireClean(
            "%s over %s, %s".formatted(contender.title(), contender.protocol().title(), cell));
  }

  private LoadGenerator load(
      Contender contender, RunningServer server, DataSet dataSet, int pipeline) {
    List<String> command = new ArrayList<>(pinning.apply(contender.threads()));
    command.add(programs.launcher());
    return new LoadGenerator(
        command,
        contender.protocol(),
        server.port,
        connections,
        pipeline,
        dataSet.keyCount(),
        dataSet.valueBytes());
  }
}
