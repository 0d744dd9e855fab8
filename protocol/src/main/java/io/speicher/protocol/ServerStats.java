package io.speicher.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a server says of itself. The numbers are taken one after the other while others go on.
 *
 * @param version of the server program
 * @param nowMillis since 1970, by the clock of the machine
 * @param numbers what is not in it is 0
 * @param settings what the server was told, in the order of their declaration
 * @param commands sums up, each time it is asked, what was counted of each command that was called
 * @param errors how often which code of an error was answered
 * @param databases those that have items, by number
 * @param namespaces those that are declared, in the order of their prefixes
 */
public record ServerStats(
    String version,
    long nowMillis,
    Map<Metric, Long> numbers,
    List<SettingValue> settings,
    Supplier<List<CommandFigures>> commands,
    Map<String, Long> errors,
    List<Database> databases,
    List<NamespaceFigures> namespaces) {

  /** Where no command has been counted. */
  public ServerStats(
      String version, long nowMillis, Map<Metric, Long> numbers, List<SettingValue> settings) {
    this(version, nowMillis, numbers, settings, List::of, Map.of(), List.of(), List.of());
  }

  /**
   * What there is in a database.
   *
   * @param expiringItems items that have a time to live
   */
  public record Database(int number, long items, long expiringItems) {}

  private static final List<Metric> METRICS = allMetrics();

  /** All numbers that there are, gauges first, in the order of their declaration. */
  public static List<Metric> metrics() {
    return METRICS;
  }

  private static List<Metric> allMetrics() {
    List<Metric> all = new ArrayList<>(List.of(Gauge.values()));
    all.addAll(List.of(Counter.values()));
    return List.copyOf(all);
  }

  public long of(Metric metric) {
    return numbers.getOrDefault(metric, 0L);
  }
}
