package io.speicher.bench.traces;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "  bench/results/hit-ratio-curve.md    with --curve: a store's own estimate; and as .svg",
      "",
      "The traces are fetched the first time (96 MB). To replay one: bench/replay --help.",
      "",
      "P3 is a trace of Megiddo and Modha's, which may not be passed on. Make its lines with",
      "  awk '{ for (i = 0; i < $2; i++) print $1 + i }' P3.lis"
    })
final class HitRatiosCommand implements Callable<Integer> {
  private static final List<Capacity> BYTE_CAPACITIES =
      List.of(megabytes(8), megabytes(32), megabytes(64), megabytes(128));

  @Option(names = "--bytes", description = "Compare with items of many sizes, in bytes, instead.")
  private boolean bytes;

  @Option(
      names = "--curve",
      description = "Compare what a store estimates of other sizes with replays, instead.")
  private boolean curve;

  @Option(
      names = "--p3",
      paramLabel = "FILE",
      description = "Compare with the trace P3, too: a line for each block.")
  private @Nullable Path p3;

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
    } else if (curve) {
      List<Estimate> estimates = estimate(jar);
      write("bench/results/hit-ratio-curve.md", HitRatioTables.ofEstimates(estimates));
      write("bench/results/hit-ratio-curve.svg", CurvesSvg.ofEstimates(estimates).draw());
    } else {
      List<Comparison> comparisons = compareItems(jar);
      write("bench/results/hit-ratios.md", HitRatioTables.ofItems(comparisons));
      write("docs/hit-ratios.svg", CurvesSvg.ofPolicies(comparisons).draw());
    }
    return 0;
  }

  private List<Comparison> compareItems(Path jar) throws IOException, BadTraceException {
    List<Comparison> comparisons = new ArrayList<>();
    compare(comparisons, jar, BundledTrace.LOOP, 1_100, 500, 750);
    compare(comparisons, jar, BundledTrace.GLI, 2_500, 500, 1_000, 1_500);
    compare(comparisons, jar, BundledTrace.MULTI1, 2_000, 500, 1_000);
    compare(comparisons, jar, BundledTrace.MULTI2, 3_000, 1_000, 2_000);
    compare(comparisons, jar, BundledTrace.MULTI3, 4_000, 500, 1_000, 2_000);
    compare(comparisons, jar, BundledTrace.SPRITE, 1_500, 250, 500, 1_000);
    compare(comparisons, jar, BundledTrace.WEB07, 4_000, 300, 1_000, 3_000);
    compare(comparisons, jar, BundledTrace.WEB12, 0, 300, 1_000, 3_000);
    compare(comparisons, jar, BundledTrace.ORM_BUSY, 10_000, 250, 1_000, 5_000, 10_000);
    compare(comparisons, jar, BundledTrace.ORM_NIGHT, 0, 250, 1_000, 5_000, 10_000);
    compare(comparisons, jar, BundledTrace.SCARAB_RECS, 100_000, 10_000, 25_000, 50_000, 100_000);
    compare(comparisons, jar, BundledTrace.ADAPT_SIZE, 0, 500, 2_000, 8_000, 16_000);
    if (p3 != null) {
      System.err.println("replaying P3");
      int[] sizes = {25_000, 50_000, 100_000, 200_000, 400_000};
      comparisons.add(Comparison.of("P3", "disk of a workstation", readP3(p3), 0, sizes));
    }
    return comparisons;
  }

  private static Trace readP3(Path file) throws IOException, BadTraceException {
    try (InputStream in = Files.newInputStream(file)) {
      return TraceLines.read(file.toString(), in);
    }
  }

  private List<Estimate> estimate(Path jar) throws IOException, BadTraceException {
    List<Estimate> estimates = new ArrayList<>();
    estimate(estimates, jar, BundledTrace.MULTI3, 2_000);
    estimate(estimates, jar, BundledTrace.SPRITE, 2_000);
    estimate(estimates, jar, BundledTrace.WEB07, 2_000);
    estimate(estimates, jar, BundledTrace.WEB12, 2_000);
    estimate(estimates, jar, BundledTrace.ORM_BUSY, 5_000);
    estimate(estimates, jar, BundledTrace.ORM_NIGHT, 5_000);
    estimate(estimates, jar, BundledTrace.SCARAB_RECS, 25_000);
    estimate(estimates, jar, BundledTrace.ADAPT_SIZE, 8_000);
    if (p3 != null) {
      System.err.println("replaying P3");
      estimates.add(Estimate.of("P3", readP3(p3), 50_000));
    }
    return estimates;
  }

  private static void estimate(List<Estimate> to, Path jar, BundledTrace name, int itemCount)
      throws IOException, BadTraceException {
    System.err.println("replaying " + name.title());
    to.add(Estimate.of(name.title(), name.read(jar), itemCount));
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
