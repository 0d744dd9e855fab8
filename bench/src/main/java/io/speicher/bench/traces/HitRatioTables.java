package io.speicher.bench.traces;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.speicher.protocol.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Results as Markdown. */
final class HitRatioTables {
  static final List<Policy> BYTE_POLICIES =
      List.of(Policy.LRU, Policy.S3_FIFO, Policy.CAFFEINE, Policy.SPEICHER);

  /** Those that others have published, to compare with; Caffeine is a library. */
  private static final List<Policy> PUBLISHED =
      List.of(
          Policy.LRU,
          Policy.ARC,
          Policy.LIRS,
          Policy.S3_FIFO,
          Policy.TWO_QUEUES,
          Policy.W_TINY_LFU);

  private static final List<Policy> ITEM_POLICIES = itemPolicies();

  /**
   * The traces that fell to one of two halves by a coin, thrown once for each: with {@code
   * random.Random(21)} of Python, in the order of the table. All others are the second half.
   */
  private static final Set<String> FIRST_HALF =
      Set.of("loop", "multi2", "multi3", "orm-night", "scarab-recs", "adapt-size");

  private HitRatioTables() {}

  private static List<Policy> itemPolicies() {
    List<Policy> policies = new ArrayList<>(PUBLISHED);
    policies.addAll(List.of(Policy.CAFFEINE, Policy.SPEICHER, Policy.OPT));
    return List.copyOf(policies);
  }

  static String ofItems(List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder("# Hit ratios\n\n");
    text.append("Written by `bench/hit-ratios`. Percent of the requests; items are equal.\n\n");
    line(text, "trace", "items", titles(ITEM_POLICIES));
    text.append("| --- | --: |").append(" --: |".repeat(ITEM_POLICIES.size())).append('\n');
    for (Comparison comparison : comparisons) {
      for (Comparison.Row row : comparison.tableRows()) {
        line(
            text,
            comparison.title,
            "%,d".formatted(row.itemCount()),
            cells(policy -> 100 * row.hitRatio(policy)));
      }
    }
    List<Comparison.Row> all = rows(comparisons, _ -> true);
    line(text, "**mean**", "", cells(policy -> mean(all, row -> 100 * row.hitRatio(policy))));
    line(text, "**worst difference to LRU**", "", cells(policy -> worst(all, policy)));
    text.append('\n');
    shares(text, comparisons);
    text.append('\n').append(farthestBehind(comparisons));
    return text.toString();
  }

  private static void shares(StringBuilder text, List<Comparison> comparisons) {
    text.append("Mean share of the optimum, percent. The halves were drawn by a coin.\n\n");
    line(text, "traces", "sizes", titles(ITEM_POLICIES));
    text.append("| --- | --: |").append(" --: |".repeat(ITEM_POLICIES.size())).append('\n');
    shares(text, "all", comparisons, _ -> true);
    shares(text, "", comparisons, comparison -> FIRST_HALF.contains(comparison.title));
    shares(text, "", comparisons, comparison -> !FIRST_HALF.contains(comparison.title));
    shares(text, "of servers: ", comparisons, comparison -> comparison.isOfServer);
  }

  /** A row; what it is of is named after {@code what}, if that is not everything. */
  private static void shares(
      StringBuilder text, String what, List<Comparison> comparisons, Predicate<Comparison> which) {
    List<Comparison.Row> rows = rows(comparisons, which);
    String names =
        comparisons.stream()
            .filter(which)
            .map(comparison -> comparison.title)
            .collect(joining(", "));
    line(
        text,
        what.equals("all") ? what : what + names,
        Integer.toString(rows.size()),
        cells(policy -> mean(rows, row -> 100 * row.shareOfOpt(policy))));
  }

  /** In which row Speicher is farthest behind the best of the published policies. */
  private static String farthestBehind(List<Comparison> comparisons) {
    double most = Double.NEGATIVE_INFINITY;
    String where = "";
    double bestShares = 0;
    int count = 0;
    for (Comparison comparison : comparisons) {
      for (Comparison.Row row : comparison.tableRows()) {
        Policy best = row.best(PUBLISHED);
        double behind = 100 * (row.hitRatio(best) - row.hitRatio(Policy.SPEICHER));
        bestShares += 100 * row.shareOfOpt(best);
        count++;
        if (behind > most) {
          most = behind;
          where = "%s at %,d items (%s)".formatted(comparison.title, row.itemCount(), best.title);
        }
      }
    }
    return """
    Who chose the best of %s for each row would reach %.2f %% of the optimum. Speicher is farthest
    behind that best one in %s: by %.2f points.
    """
        .formatted(String.join(", ", titles(PUBLISHED)), bestShares / count, where, most);
  }

  static String ofEstimates(List<Estimate> estimates) {
    StringBuilder text = new StringBuilder("# The hit-ratio curve beside replays\n\n");
    text.append(
        """
        Written by `bench/hit-ratios --curve`. A store of the budget replays the trace and estimates
        what stores of an eighth to eight times the budget would hit; then such stores replay it.
        Percent of the requests: estimated, and in parentheses what was hit. Values of 1,100 bytes.

        """);
    text.append("| trace | budget | 1/8 | 1/4 | 1/2 | 1 | 2 | 4 | 8 | mean error | largest |\n");
    text.append("| --- | --: |").append(" --: |".repeat(9)).append('\n');
    for (Estimate estimate : estimates) {
      text.append("| %s | %s |".formatted(estimate.title(), megabytes(estimate.budgetBytes())));
      double largest = 0;
      for (Estimate.Point point : estimate.points()) {
        text.append(" %.1f (%.1f) |".formatted(100 * point.estimated(), 100 * point.replayed()));
        largest = Math.max(largest, point.error());
      }
      text.append(" %.2f | %.2f |%n".formatted(estimate.meanError(), largest));
    }
    text.append(
        "%nMean error of all: %.2f points.%n"
            .formatted(
                estimates.stream().mapToDouble(Estimate::meanError).average().orElseThrow()));
    return text.toString();
  }

  private static String megabytes(long bytes) {
    return "%.1f MB".formatted((double) bytes / (1 << 20));
  }

  static String ofBytes(
      BundledTrace name, Trace trace, SequencedMap<Capacity, Map<Policy, Replay>> rows) {
    StringBuilder text = new StringBuilder("# Hit ratios of items of many sizes\n\n");
    text.append(
        """
        Written by `bench/hit-ratios --bytes`. Percent of the requests and, in parentheses, of the
        bytes asked for. Trace %s: %,d requests for %,d objects, %s of them all together.

        Speicher has the capacity for everything that it needs, index and headers too. The others
        are given more: for them nothing but keys and values counts.

        """
            .formatted(
                name.title(),
                trace.requestCount(),
                trace.keyCount(),
                Quantities.ofBytes(trace.objectBytes())));
    text.append("| capacity | ").append(String.join(" | ", titles(BYTE_POLICIES))).append(" |\n");
    text.append("| --- |").append(" --: |".repeat(BYTE_POLICIES.size())).append('\n');
    rows.forEach((capacity, row) -> {
      text.append("| ").append(capacity).append(" |");
      for (Policy policy : BYTE_POLICIES) {
        Replay replay = requireNonNull(row.get(policy));
        text.append(
            " %.2f (%.2f) |".formatted(100 * replay.hitRatio(), 100 * replay.byteHitRatio()));
      }
      text.append('\n');
    });
    return text.toString();
  }

  private static List<String> titles(List<Policy> policies) {
    return policies.stream().map(policy -> policy.title).toList();
  }

  private static List<String> cells(ToDoubleFunction<Policy> value) {
    return ITEM_POLICIES.stream()
        .map(policy -> "%.2f".formatted(value.applyAsDouble(policy)))
        .toList();
  }

  private static void line(StringBuilder text, String first, String second, List<String> cells) {
    text.append("| %s | %s | %s |%n".formatted(first, second, String.join(" | ", cells)));
  }

  private static List<Comparison.Row> rows(
      List<Comparison> comparisons, Predicate<Comparison> which) {
    return comparisons.stream()
        .filter(which)
        .flatMap(comparison -> comparison.tableRows().stream())
        .toList();
  }

  private static double mean(List<Comparison.Row> rows, ToDoubleFunction<Comparison.Row> value) {
    return rows.stream().mapToDouble(value).average().orElseThrow();
  }

  /** In points: how much lower than LRU at the size where it looks worst. */
  private static double worst(List<Comparison.Row> rows, Policy policy) {
    return rows.stream()
        .mapToDouble(row -> 100 * (row.hitRatio(policy) - row.hitRatio(Policy.LRU)))
        .min()
        .orElseThrow();
  }
}
