package io.speicher.bench.traces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/hit-ratios}: all policies over all traces and sizes, as a table and as curves. */
@Command(
    name = "bench/hit-ratios",
    description = "Compare hit ratios of Speicher with those of other policies.",
    sortOptions = false,
    footerHeading = "%nWrites:%n",
    footer = {
      "  bench/results/hit-ratios.md         equal items, at sizes from the literature",
      "  docs/hit-ratios.svg                 the same, and sizes between, as curves",
      "  bench/results/hit-ratios-bytes.md   with --bytes: items of many sizes, in bytes",
      "",
      "The traces are fetched the first time (96 MB). To replay one: bench/replay --help."
    })
final class HitRatiosCommand implements Callable<Integer> {
  private static final List<Capacity> BYTE_CAPACITIES =
      List.of(megabytes(8), megabytes(32), megabytes(64), megabytes(128));

  @Option(names = "--bytes", description = "Compare with items of many sizes, in bytes, instead.")
  private boolean bytes;

  @Option(
      names = "--into",
      paramLabel = "FOLDER",
      description = "Where bench/results and docs are (default: this source tree).")
  private Path root = Path.of(".");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private HitRatiosCommand() {}

  public static void main(String[] arguments) {
    CommandErrors.runAndExit(new HitRatiosCommand(), arguments);
  }

  @Override
  public Integer call() throws IOException, BadTraceException {
    Path jar = TraceJar.path();
    if (bytes) {
      write("bench/results/hit-ratios-bytes.md", compareBytes(jar));
    } else {
      List<Comparison> comparisons = compareItems(jar);
      write("bench/results/hit-ratios.md", HitRatioTables.ofItems(comparisons));
      write("docs/hit-ratios.svg", new CurvesSvg(comparisons).draw());
    }
    return 0;
  }

  private static List<Comparison> compareItems(Path jar) throws IOException, BadTraceException {
    List<Comparison> comparisons = new ArrayList<>();
    compare(comparisons, jar, BundledTrace.LOOP, 1_100, 500, 750);
    compare(comparisons, jar, BundledTrace.GLI, 2_500, 500, 1_000, 1_500);
    compare(comparisons, jar, BundledTrace.MULTI1, 2_000, 500, 1_000);
    compare(comparisons, jar, BundledTrace.MULTI2, 3_000, 1_000, 2_000);
    compare(comparisons, jar, BundledTrace.MULTI3, 4_000, 500, 1_000, 2_000);
    compare(comparisons, jar, BundledTrace.SPRITE, 1_500, 250, 500, 1_000);
    compare(comparisons, jar, BundledTrace.WEB07, 4_000, 300, 1_000, 3_000);
    compare(comparisons, jar, BundledTrace.ORM_BUSY, 10_000, 250, 500, 1_000, 2_000, 5_000, 10_000);
    compare(comparisons, jar, BundledTrace.SCARAB_RECS, 100_000, 10_000, 25_000, 50_000, 100_000);
    return comparisons;
  }

  private static void compare(
      List<Comparison> to, Path jar, BundledTrace name, int curveItems, int... tableItems)
      throws IOException, BadTraceException {
    System.err.println("replaying " + name.title());
    Trace trace = name.read(jar);
    SimulatorCheck.require(name, trace);
    to.add(Comparison.of(name, trace, curveItems, tableItems));
  }

  private static String compareBytes(Path jar) throws IOException, BadTraceException {
    Trace trace = BundledTrace.ADAPT_SIZE.read(jar);
    SequencedMap<Capacity, Map<Policy, Replay>> rows = new LinkedHashMap<>();
    for (Capacity capacity : BYTE_CAPACITIES) {
      System.err.println("replaying at " + capacity);
      Map<Policy, Replay> row = new LinkedHashMap<>();
      for (Policy policy : HitRatioTables.BYTE_POLICIES) {
        row.put(policy, Replay.of(trace, policy, capacity));
      }
      rows.put(capacity, row);
    }
    return HitRatioTables.ofBytes(BundledTrace.ADAPT_SIZE, trace, rows);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.resolveSibling("."));
    Files.writeString(path, text);
    if (file.endsWith(".md")) {
      System.out.print(text);
    }
    System.err.println("written: " + path);
  }

  private static Capacity megabytes(int count) {
    return Capacity.ofBytes((long) count << 20);
  }
}
