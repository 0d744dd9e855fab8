package io.speicher.bench.compare;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long a server takes until it answers, and what it has in memory then, without an item. */
final class Starts {
  /** What a server does after it has begun to answer is a part of what it needs. */
  private static final int SETTLE_MILLIS = 2_000;

  private static final double WANTED_MILLIS = 300;
  private static final double WANTED_MEGABYTES = 100;

  private final Bench bench;
  private final int rounds;

  Starts(Bench bench, int rounds) {
    this.bench = bench;
    this.rounds = rounds;
  }

  private record Figures(Rounds millis, Rounds megabytes) {}

  Duration expected() {
    return Duration.ofSeconds((rounds + 1L) * bench.programs().servers().size() * 3);
  }

  /** Measures, and returns a page of Markdown. */
  String measure() throws IOException {
    RemainingTime remaining = new RemainingTime(expected());
    Map<Server, Figures> figures = new LinkedHashMap<>();
    for (int round = 0; round <= rounds; round++) { // Round 0 brings programs into memory.
      for (Server server : bench.programs().servers()) {
        remaining.begin("start %d of %d, %s".formatted(round, rounds, server.title));
        start(server, round == 0 ? none() : figures.computeIfAbsent(server, _ -> none()));
        remaining.end(3);
      }
    }
    remaining.clear();
    return page(figures);
  }

  private static Figures none() {
    return new Figures(new Rounds(), new Rounds());
  }

  private void start(Server server, Figures figures) throws IOException {
    int port = bench.ports().next();
    List<String> command = command(server, "" + port);
    try (RunningServer running =
        RunningServer.start(server, command, port, bench.programs().log(server.title))) {
      figures.millis.add(running.startNanos / (double) TimeUnit.MILLISECONDS.toNanos(1));
      Pause.millis(SETTLE_MILLIS);
      figures.megabytes.add(running.statistics().residentBytes() / 1e6);
    }
  }

  /** As somebody starts it who has not read about options; on all cores. */
  private List<String> command(Server server, String port) {
    return server == Server.SPEICHER
        ? List.of(bench.programs().launcher(), "server", "--port", port)
        : bench.programs().command(server, 1, port);
  }

  private String page(Map<Server, Figures> figures) throws IOException {
    StringBuilder text = new StringBuilder("# Starting\n\n");
    text.append("Written by `bench/compare --start`.\n\n")
        .append(
            bench.surroundings(
                bench.programs().servers().stream()
                    .map(server -> command(server, "PORT"))
                    .toList()))
        .append(
            """

            From starting the command to its first reply, to a PING or what stands for it, and resident memory
            (10^6 bytes) two seconds later. The servers take turns, %d times each. A cell shows the median and,
            in parentheses, the lowest and highest.

            | server | first reply after (ms) | resident memory (MB) |
            | --- | --- | --- |
            """
                .formatted(rounds));
    figures.forEach((server, figure) ->
        text.append(
            "| %s | %s%s | %s%s |%n"
                .formatted(
                    server.title,
                    figure.millis.show(0),
                    verdict(server, figure.millis, WANTED_MILLIS),
                    figure.megabytes.show(1),
                    verdict(server, figure.megabytes, WANTED_MEGABYTES))));
    return text.toString();
  }

  private static String verdict(Server server, Rounds rounds, double wanted) {
    return server == Server.SPEICHER ? ", " + Verdict.of(rounds, wanted).show() : "";
  }
}
