package io.speicher.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files with the results of comparisons. */
final class ComparisonPages {
  private final Bench bench;
  private final Path folder;
  private final int rounds;
  private final int seconds;
  private final List<Results> all = new ArrayList<>();
  private String text = "";

  ComparisonPages(Bench bench, Path folder, int rounds, int seconds) {
    this.bench = bench;
    this.folder = folder;
    this.rounds = rounds;
    this.seconds = seconds;
  }

  /** Writes all that there is so far. */
  void add(Results results) throws IOException {
    all.add(results);
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(BarsSvg.fileName(results.comparison)), new BarsSvg(results).draw());
    String surroundings =
        bench.surroundings(all.stream().flatMap(each -> each.comparison.contenders().stream()), 0);
    text = new ComparisonTables(all).show(surroundings, notes(), rounds, seconds);
    Files.writeString(path(), text);
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Valkey and Redis have one thread: on two cores, one more for I/O (`--io-threads 2`) makes an operation cost Valkey about twice as much CPU.");
    boolean hasLongValues =
        all.stream().anyMatch(results -> results.comparison.dataSet().valueBytes() > 1 << 10);
    if (hasLongValues) {
      notes.add(
          "There are fewer keys where a million values would not fit into the memory of the machine, several times over.");
    }
    return notes;
  }

  String text() {
    return text;
  }

  Path path() {
    return folder.resolve("compare.md");
  }
}
