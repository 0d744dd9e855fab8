package io.speicher.server.admin;

import io.speicher.protocol.NamespaceFigures;
import io.speicher.server.admin.MetricsText.FamilyType;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of namespaces, for Prometheus, with the prefix as a label: of those with most
 * bytes, so that whoever collects the numbers of a server gets a bounded number of series.
 */
final class NamespaceFamilies {
  /** How many namespaces have series; the number of all is told, too. */
  static final int MAX_NAMESPACES = 100;

  private NamespaceFamilies() {}

  static void write(List<NamespaceFigures> all, MetricsText text) {
    text.family("speicher_namespaces", FamilyType.GAUGE, null, "Namespaces that are declared.")
        .sample("", Integer.toString(all.size()));
    List<NamespaceFigures> shown =
        all.stream()
            .sorted(Comparator.comparingLong(NamespaceFigures::bytes).reversed())
            .limit(MAX_NAMESPACES)
            .toList();
    gauge("items", null, "Items of a namespace.", NamespaceFigures::items, shown, text);
    gauge(
        "item_bytes",
        "bytes",
        "What items of a namespace take.",
        NamespaceFigures::bytes,
        shown,
        text);
    counter("hits", "Reads that found an item.", NamespaceFigures::hits, shown, text);
    counter("misses", "Reads that found none.", NamespaceFigures::misses, shown, text);
    counter("sets", "Items stored.", NamespaceFigures::sets, shown, text);
    counter("evicted", "Items removed to make room.", NamespaceFigures::evicted, shown, text);
    counter(
        "expired",
        "Items removed because their time had passed.",
        NamespaceFigures::expired,
        shown,
        text);
  }

  private static void gauge(
      String name,
      @Nullable String unit,
      String help,
      ToLongFunction<NamespaceFigures> number,
      List<NamespaceFigures> shown,
      MetricsText text) {
    text.family("speicher_namespace_" + name, FamilyType.GAUGE, unit, help);
    samples("", number, shown, text);
  }

  private static void counter(
      String name,
      String help,
      ToLongFunction<NamespaceFigures> number,
      List<NamespaceFigures> shown,
      MetricsText text) {
    text.family("speicher_namespace_" + name, FamilyType.COUNTER, null, help);
    samples("_total", number, shown, text);
  }

  private static void samples(
      String suffix,
      ToLongFunction<NamespaceFigures> number,
      List<NamespaceFigures> shown,
      MetricsText text) {
    for (NamespaceFigures figures : shown) {
      text.sample(
          suffix,
          Long.toString(number.applyAsLong(figures)),
          "namespace",
          figures.namespace().prefix());
    }
  }
}
