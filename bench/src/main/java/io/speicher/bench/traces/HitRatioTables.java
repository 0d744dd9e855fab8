package io.speicher.bench.traces;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.speicher.protocol.Quantities;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** Results as Markdown. */
final class HitRatioTables {
  static final List<Policy> BYTE_POLICIES =
      List.of(Policy.LRU, Policy.S3_FIFO, Policy.CAFFEINE, Policy.SPEICHER);

  private static final List<Policy> ITEM_POLICIES =
      List.of(Policy.LRU, Policy.S3_FIFO, Policy.CAFFEINE, Policy.SPEICHER, Policy.OPT);

  private HitRatioTables() {}

  static String ofItems(List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder("# Hit ratios\n\n");
    text.append("Written by `bench/hit-ratios`. Percent of the requests; items are equal.\n\n");
    line(text, "trace", "items", titles(ITEM_POLICIES));
    text.append("| --- | --: |").append(" --: |".repeat(ITEM_POLICIES.size())).append('\n');
    for (Comparison comparison : comparisons) {
      for (Comparison.Row row : comparison.tableRows()) {
        line(
            text,
            comparison.trace.title(),
            "%,d".formatted(row.itemCount()),
            cells(policy -> 100 * row.hitRatio(policy)));
      }
    }
    List<Comparison.Row> all = rows(comparisons, _ -> true);
    List<Comparison.Row> ofServers = rows(comparisons, BundledTrace::isOfServer);
    line(text, "**mean**", "", cells(policy -> mean(all, row -> 100 * row.hitRatio(policy))));
    line(text, "**mean share of OPT**", "all", cells(policy -> shareOfOpt(all, policy)));
    line(text, "**mean share of OPT**", "servers", cells(policy -> shareOfOpt(ofServers, policy)));
    line(text, "**worst difference to LRU**", "", cells(policy -> worst(all, policy)));
    text.append("\nServers: ")
        .append(
            comparisons.stream()
                .map(comparison -> comparison.trace)
                .filter(BundledTrace::isOfServer)
                .map(BundledTrace::title)
                .collect(joining(", ")))
        .append(".\n");
    return text.toString();
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
      List<Comparison> comparisons, Predicate<BundledTrace> which) {
    return comparisons.stream()
        .filter(comparison -> which.test(comparison.trace))
        .flatMap(comparison -> comparison.tableRows().stream())
        .toList();
  }

  private static double shareOfOpt(List<Comparison.Row> rows, Policy policy) {
    return mean(rows, row -> 100 * row.hitRatio(policy) / row.hitRatio(Policy.OPT));
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
