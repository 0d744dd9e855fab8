package io.speicher.server.admin;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The text that Prometheus and others of its kind read, in either form: OpenMetrics 1.0, or the
 * text format 0.0.4 before it. The two differ in what they call a family of counters, in the unit,
 * which only the newer one tells, and in the end.
 *
 * <p>Families come one after the other: first {@link #family}, then its samples.
 */
final class MetricsText {
  static final String OPEN_METRICS = "application/openmetrics-text";

  /** What a family is; the older form knows no info and calls it a gauge. */
  enum FamilyType {
    COUNTER("_total"),
    GAUGE(""),
    HISTOGRAM(""),
    INFO("_info");

    private final String suffix;

    FamilyType(String suffix) {
      this.suffix = suffix;
    }
  }

  private final boolean isOpenMetrics;
  private final StringBuilder text = new StringBuilder(16 << 10);
  private String family = "";

  MetricsText(boolean isOpenMetrics) {
    this.isOpenMetrics = isOpenMetrics;
  }

  /**
   * Begins a family.
   *
   * @param name without what its type adds to it, but with its unit
   * @param unit {@code seconds} or {@code bytes}, or null where things are counted
   * @param help a sentence
   */
  MetricsText family(String name, FamilyType type, @Nullable String unit, String help) {
    family = name;
    String shown = isOpenMetrics ? name : name + type.suffix;
    boolean isGauge = type == FamilyType.GAUGE || (type == FamilyType.INFO && !isOpenMetrics);
    String typeName = isGauge ? "gauge" : type.name().toLowerCase(Locale.ROOT);
    text.append("# TYPE ").append(shown).append(' ').append(typeName).append('\n');
    if (unit != null && isOpenMetrics) {
      text.append("# UNIT ").append(shown).append(' ').append(unit).append('\n');
    }
    text.append("# HELP ").append(shown).append(' ').append(escaped(help, false)).append('\n');
    return this;
  }

  /**
   * Adds a sample.
   *
   * @param suffix of the name: {@code _total} for a counter
   * @param labels a name and a value, and so on
   */
  MetricsText sample(String suffix, String value, String... labels) {
    text.append(family).append(suffix);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      text.append(escaped(labels[i + 1], true)).append('"');
    }
    text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
    return this;
  }

  private static String escaped(String value, boolean quotes) {
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
    return quotes ? escaped.replace("\"", "\\\"") : escaped;
  }

  /** What the text is, for the header of the same name. */
  String contentType() {
    return isOpenMetrics
        ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";
  }

  /** All families; nothing is added after it. */
  String end() {
    if (isOpenMetrics) {
      text.append("# EOF\n");
    }
    return text.toString();
  }
}
