package io.speicher.bench.compare;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Results of comparisons as Markdown. */
final class ComparisonTables {
  private static final String MARK = " ◦";

  private final List<Results> all;

  ComparisonTables(List<Results> all) {
    this.all = all;
  }

  /**
   * The whole page.
   *
   * @param surroundings what stands behind the figures
   * @param notes what a reader should know of this run in particular
   */
  String show(String surroundings, List<String> notes, int rounds, int seconds) {
    StringBuilder text = new StringBuilder("# Speicher beside others\n\n");
    text.append("Written by `bench/compare`.\n\n").append(surroundings).append('\n');
    text.append(
        """
        The figure that counts is CPU time of the server, user and system, for an operation, in µs. Servers
        that are compared are up at the same time and hold the same keys, all of them; they take turns at
        each cell within each of %d rounds, %d s each after %d s of warming up. A cell shows the median of the
        rounds and, in parentheses, the lowest and highest; a ratio is taken within each round. The load
        is `./speicher bench`: a closed loop of one thread and %d connections, each with a pipeline of
        requests; keys of 16 bytes, uniformly random. A server has the first cores, one for each thread, and
        the load the next one, or what the server leaves of them where there is none.

        """
            .formatted(rounds, seconds, Generator.WARM_UP_SECONDS, Generator.CONNECTIONS));
    notes.forEach(note -> text.append("- ").append(note).append('\n'));
    text.append("- ")
        .append(MARK.strip())
        .append(
            " the load was the bottleneck in one round or more: the server could have done more")
        .append(" operations a second; what one costs is right.\n");
    text.append(targets());
    all.forEach(results -> append(text, results));
    return text.toString();
  }

  /** How many targets there are, and which are not met. */
  private String targets() {
    List<String> missed = new ArrayList<>();
    int count = 0;
    for (Results results : all) {
      for (Cell cell : results.comparison.cells()) {
        for (Pair pair : results.comparison.pairs()) {
          OptionalDouble wanted = Target.of(results.comparison, pair, cell);
          if (wanted.isPresent()) {
            count++;
            Rounds ratios = results.ratios(pair, cell, Measurement::serverCpuMicros);
            if (!Verdict.of(ratios, wanted.getAsDouble()).isMet()) {
              missed.add(
                  "- %s, %s: %s %s, wanted ≤ %.2f%n"
                      .formatted(
                          results.comparison.title(),
                          cell,
                          pair.title(),
                          ratios.show(3),
                          wanted.getAsDouble()));
            }
          }
        }
      }
    }
    return "\n## Targets\n\n%d of %d met.%s\n"
            .formatted(count - missed.size(), count, missed.isEmpty() ? "" : " Not met:\n")
        + String.join("", missed);
  }

  private static void append(StringBuilder text, Results results) {
    Comparison comparison = results.comparison;
    text.append("\n## ").append(comparison.title()).append("\n\n");
    text.append("![CPU for an operation](%s)\n\n".formatted(BarsSvg.fileName(comparison)));
    appendCosts(text, results);
    text.append('\n');
    appendRates(text, results);
  }

  private static void appendCosts(StringBuilder text, Results results) {
    Comparison comparison = results.comparison;
    List<String> titles = new ArrayList<>(List.of("operation", "pipeline"));
    comparison.contenders().forEach(contender -> titles.add(columnTitle(contender, comparison)));
    comparison.pairs().forEach(pair -> titles.add(pair.title()));
    row(text, titles);
    text.append("| --- | --: |").append(" --- |".repeat(titles.size() - 2)).append('\n');
    for (Cell cell : comparison.cells()) {
      List<String> row = new ArrayList<>(List.of(cell.operation().title, "" + cell.pipeline()));
      for (Contender contender : comparison.contenders()) {
        row.add(
            results.serverCpuMicros(contender, cell).show(3)
                + (results.generatorWasTheBottleneck(contender, cell) ? MARK : ""));
      }
      comparison.pairs().forEach(pair -> row.add(ratio(results, pair, cell)));
      row(text, row);
    }
  }

  private static String columnTitle(Contender contender, Comparison comparison) {
    return contender.protocol() == comparison.protocol()
        ? contender.title() + " (µs)"
        : "%s, %s (µs)".formatted(contender.title(), contender.protocol().title());
  }

  private static String ratio(Results results, Pair pair, Cell cell) {
    Rounds ratios = results.ratios(pair, cell, Measurement::serverCpuMicros);
    OptionalDouble wanted = Target.of(results.comparison, pair, cell);
    return wanted.isPresent()
        ? ratios.show(3) + ", " + Verdict.of(ratios, wanted.getAsDouble()).show()
        : ratios.show(3);
  }

  private static void appendRates(StringBuilder text, Results results) {
    row(
        text,
        List.of(
            "operation",
            "pipeline",
            "server",
            "operations/s",
            "p50 (µs)",
            "p99 (µs)",
            "CPU of the load for an operation (µs)"));
    text.append("| --- | --: | --- |").append(" --: |".repeat(4)).append('\n');
    for (Cell cell : results.comparison.cells()) {
      for (Contender contender : results.comparison.contenders()) {
        row(
            text,
            List.of(
                cell.operation().title,
                "" + cell.pipeline(),
                contender.title(),
                "%,.0f"
                    .formatted(
                        results.rounds(contender, cell, Measurement::operationsPerSecond).median()),
                "%.0f".formatted(results.rounds(contender, cell, Measurement::p50Micros).median()),
                "%.0f".formatted(results.rounds(contender, cell, Measurement::p99Micros).median()),
                results.rounds(contender, cell, Measurement::clientCpuMicros).show(3)));
      }
    }
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
