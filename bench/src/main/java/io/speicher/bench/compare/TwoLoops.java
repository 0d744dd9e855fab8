package io.speicher.bench.compare;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.process.Measurement;
import io.speicher.load.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What an operation costs a server with two event loops on two cores, against two servers with one
 * each, on a core of its own: what the loops share within a process.
 *
 * <p>Either way each core has two processes as a load beside the server, and each loop is asked
 * from both cores. The load matters more than anything else: a loop that is asked from its own core
 * alone, in turns with its load, does more at a time, and an operation costs it a fifth less.
 */
final class TwoLoops {
  private static final int FILL_SECONDS = 5;
  private static final double WANTED = 1.10;
  private static final Contender ONE = new Contender(Server.SPEICHER, Protocol.RESP, 1);
  private static final Contender TWO = new Contender(Server.SPEICHER, Protocol.RESP, 2);

  private final Bench bench;
  private final List<Cell> cells;
  private final DataSet dataSet = DataSet.fitting(100, 1_000_000);
  private final int rounds;
  private final int seconds;

  /** Two on each core. */
  private final List<Generator> loads;

  TwoLoops(Bench bench, List<Cell> cells, int rounds, int seconds) {
    this.bench = bench;
    this.cells = cells;
    this.rounds = rounds;
    this.seconds = seconds;
    loads =
        List.of(
            bench.quarterOfALoad(0),
            bench.quarterOfALoad(0),
            bench.quarterOfALoad(1),
            bench.quarterOfALoad(1));
  }

  Duration expected() {
    return Duration.ofSeconds(
        3L * FILL_SECONDS + (long) (rounds + 1) * cells.size() * cellSeconds());
  }

  private int cellSeconds() {
    return 2 * (1 + Generator.WARM_UP_SECONDS + seconds);
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    Map<Cell, PairedRounds> rows = new LinkedHashMap<>();
    try (RunningServer first = start(ONE, 0);
        RunningServer second = start(ONE, 1);
        RunningServer both = start(TWO, 0)) {
      for (RunningServer server : List.of(first, second, both)) {
        remaining.begin("filling");
        loads.getFirst().preload(ONE, server, dataSet);
        remaining.end(FILL_SECONDS);
      }
      for (int round = 0; round <= rounds; round++) { // Round 0 warms up.
        for (Cell cell : cells) {
          remaining.begin("round %d of %d, %s".formatted(round, rounds, cell));
          double apart = micros(cell, List.of(first, second, first, second));
          double together = micros(cell, List.of(both, both, both, both));
          if (round > 0) {
            rows.computeIfAbsent(cell, _ -> new PairedRounds()).add(together, apart);
          }
          remaining.end(cellSeconds());
        }
      }
    } finally {
      remaining.clear();
    }
    return page(rows);
  }

  private RunningServer start(Contender contender, int firstCore) throws IOException {
    int port = bench.ports().next();
    return RunningServer.start(
        contender.server(),
        command(contender, firstCore, "" + port),
        port,
        bench.programs().log("two-loops-" + port));
  }

  private List<String> command(Contender contender, int firstCore, String port) {
    return Cores.pin(
        Cores.from(firstCore, contender.threads()),
        bench.programs().command(contender.server(), contender.threads(), port));
  }

  /** In µs for an operation, when each load asks one of these servers, all at the same time. */
  private double micros(Cell cell, List<RunningServer> asked) throws IOException {
    List<Measurement> measured = load(cell, asked);
    Map<RunningServer, List<Measurement>> byServer = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      byServer.computeIfAbsent(asked.get(i), _ -> new ArrayList<>()).add(measured.get(i));
    }
    double micros = 0;
    long operations = 0;
    for (List<Measurement> ofOne : byServer.values()) {
      long itsOperations = ofOne.stream().mapToLong(Measurement::operations).sum();
      // Each load has divided what all of them cost the server by its own operations.
      double inverse = ofOne.stream().mapToDouble(one -> 1 / one.serverCpuMicros()).sum();
      micros += itsOperations / inverse;
      operations += itsOperations;
    }
    return micros / operations;
  }

  private List<Measurement> load(Cell cell, List<RunningServer> asked) throws IOException {
    List<Callable<Measurement>> tasks = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      Generator load = loads.get(i);
      RunningServer server = asked.get(i);
      tasks.add(() -> load.closedLoop(ONE, server, dataSet, cell, seconds));
    }
    List<Measurement> measured = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Measurement> future : threads.invokeAll(tasks)) {
        measured.add(future.get());
      }
      return measured;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the loads ran", e);
    }
  }

  private String page(Map<Cell, PairedRounds> rows) throws IOException {
    StringBuilder text = new StringBuilder("# Two event loops\n\n");
    text.append("Written by `bench/compare --two-loops`.\n\n")
        .append(
            bench.surroundings(
                Stream.of(command(ONE, 0, "PORT"), command(ONE, 1, "PORT"), command(TWO, 0, "PORT"))
                    .toList()))
        .append(
            """

            CPU time of the server for an operation, in µs, over RESP, %s. Two servers with an event loop
            and a core each, and one server with two event loops and both cores, take turns, %d times %d s each. Either way
            four processes are the load, two on each core, with %d connections each in a closed loop, and each event
            loop is asked from both cores: what differs is what the loops share. A cell shows the median and, in parentheses, the lowest and highest; a ratio is taken
            within each round.

            | operation | pipeline | two loops (µs) | one loop, twice (µs) | ratio |
            | --- | --: | --- | --- | --- |
            """
                .formatted(dataSet.title(), rounds, seconds, Generator.CONNECTIONS / 4));
    for (Cell cell : cells) {
      PairedRounds figures = requireNonNull(rows.get(cell));
      text.append(
          "| %s | %d | %s | %s | %s, %s |%n"
              .formatted(
                  cell.operation().title,
                  cell.pipeline(),
                  figures.of.show(3),
                  figures.to.show(3),
                  figures.ratios.show(3),
                  Verdict.of(figures.ratios, WANTED).show()));
    }
    return text.toString();
  }
}
