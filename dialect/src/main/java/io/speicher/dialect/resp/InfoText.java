package io.speicher.dialect.resp;

import static java.util.Objects.requireNonNull;

import io.speicher.protocol.CommandFigures;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Metric;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.ServerStats;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text of INFO: the sections and fields that monitors of Redis read. The last one is
 * remembered, since a transaction or a pipeline may ask for thousands of the same numbers.
 */
final class InfoText {
  /** The Redis that we are taken for by who adapts to versions. */
  static final String REDIS_VERSION = "7.2.4";

  static final String EVICTION_POLICY = "allkeys-lfu";

  private static final Set<String> ALL = Set.of("all", "everything");

  /** What is long and told only if it is asked for. */
  private static final Set<String> SELDOM =
      Set.of("Commandstats", "Latencystats", "Dialectstats", "Namespaces");

  /** Shows no metrics where there is no cluster. */
  private static final String CLUSTER = "Cluster";

  private static final long MILLIS_PER_DAY = 86_400_000;
  private static final String UNITS = "BKMGTPE";
  private static final long PROCESS_ID = ProcessHandle.current().pid();

  /** Tells this run of the server from others, as 40 hexadecimal digits. */
  private static final String RUN_ID =
      (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "").substring(0, 40);

  private static final String OPERATING_SYSTEM =
      System.getProperty("os.name") + " " + System.getProperty("os.version");

  /** Adds the fields of a section that are no metrics. */
  private interface Section {
    void write(ServerStats stats, Fields fields);
  }

  private static final Map<String, Section> SECTIONS = new LinkedHashMap<>();

  static {
    SECTIONS.put("Server", InfoText::server);
    SECTIONS.put("Clients", InfoText::clients);
    SECTIONS.put("Memory", InfoText::memory);
    SECTIONS.put("Persistence", InfoText::persistence);
    SECTIONS.put("Stats", InfoText::stats);
    SECTIONS.put("Replication", InfoText::replication);
    SECTIONS.put("CPU", InfoText::cpu);
    SECTIONS.put("Modules", (stats, fields) -> {});
    SECTIONS.put("Commandstats", InfoText::commands);
    SECTIONS.put("Errorstats", InfoText::errors);
    SECTIONS.put("Latencystats", InfoText::latencies);
    SECTIONS.put("Dialectstats", InfoText::dialects);
    SECTIONS.put(CLUSTER, (stats, fields) -> fields.add("cluster_enabled", isNode(stats) ? 1 : 0));
    SECTIONS.put("Keyspace", InfoText::keyspace);
    SECTIONS.put("Namespaces", InfoText::namespaces);
  }

  /** The metrics that each section shows. */
  private static final Map<String, List<Metric>> METRICS =
      ServerStats.metrics().stream()
          .filter(metric -> metric.infoName() != null)
          .collect(Collectors.groupingBy(metric -> requireNonNull(metric.infoSection())));

  private @Nullable ServerStats shown;
  private Set<String> shownNames = Set.of();
  private String shownText = "";

  /** The lines of a section. */
  private static final class Fields {
    private final StringBuilder text = new StringBuilder(4_096);

    void add(String name, long value) {
      text.append(name).append(':').append(value).append("\r\n");
    }

    void add(String name, String value) {
      text.append(name).append(':').append(value).append("\r\n");
    }
  }

  /**
   * The text for these numbers, which do not change.
   *
   * @param names of sections, in lower case; none for all of them
   */
  @SuppressWarnings("ReferenceEquality") // To compare all numbers would take as long as the text.
  String text(ServerStats stats, Set<String> names) {
    if (shown != stats || !shownNames.equals(names)) {
      shownText = of(stats, names);
      shown = stats;
      shownNames = names;
    }
    return shownText;
  }

  /** Lets the last text go. */
  void forget() {
    shown = null;
    shownText = "";
    shownNames = Set.of();
  }

  private static String of(ServerStats stats, Set<String> names) {
    boolean all = names.stream().anyMatch(ALL::contains);
    boolean usual = all || names.isEmpty() || names.contains("default");
    Fields fields = new Fields();
    SECTIONS.forEach((name, section) -> {
      if (all
          || (usual && !SELDOM.contains(name))
          || names.contains(name.toLowerCase(Locale.ROOT))) {
        fields.text.append(fields.text.isEmpty() ? "# " : "\r\n# ").append(name).append("\r\n");
        section.write(stats, fields);
        if (!name.equals(CLUSTER) || isNode(stats)) {
          metrics(name, stats, fields);
        }
      }
    });
    return fields.text.toString();
  }

  /** Whether the server is a node of a cluster. */
  private static boolean isNode(ServerStats stats) {
    return stats.of(Gauge.CLUSTER_NODES) > 0;
  }

  private static void metrics(String section, ServerStats stats, Fields fields) {
    for (Metric metric : METRICS.getOrDefault(section, List.of())) {
      String name = requireNonNull(metric.infoName());
      long number = stats.of(metric);
      fields.add(name, metric.unit().inSeconds(number));
      if (metric instanceof Gauge && metric.unit() == Metric.Unit.BYTES) {
        fields.add(name + "_human", forPeople(number));
      }
    }
  }

  private static void server(ServerStats stats, Fields fields) {
    fields.add("redis_version", REDIS_VERSION);
    fields.add("server_name", "speicher");
    fields.add("speicher_version", stats.version());
    fields.add("redis_mode", isNode(stats) ? "cluster" : "standalone");
    fields.add("os", OPERATING_SYSTEM);
    fields.add("arch_bits", 64);
    fields.add("process_id", PROCESS_ID);
    fields.add("run_id", RUN_ID);
    fields.add("server_time_usec", 1_000 * stats.nowMillis());
    fields.add("uptime_in_days", stats.of(Gauge.UPTIME) / MILLIS_PER_DAY);
    fields.add("io_threads_active", stats.of(Gauge.THREADS) > 1 ? 1 : 0);
  }

  private static void clients(ServerStats stats, Fields fields) {
    fields.add("cluster_connections", 0);
    fields.add("blocked_clients", 0);
    fields.add("tracking_clients", 0);
  }

  private static void memory(ServerStats stats, Fields fields) {
    fields.add("maxmemory_policy", EVICTION_POLICY);
    long used = stats.of(Gauge.USED_BYTES);
    fields.add("used_memory_dataset", used);
    fields.add("used_memory_dataset_perc", "100.00%");
    fields.add("used_memory_peak_perc", percent(used, stats.of(Gauge.PEAK_BYTES)));
    // In Redis it tells of memory lost between allocations, of which segments have none. What is
    // resident beside them is code and connections, and no reason for an alarm.
    fields.add("mem_fragmentation_ratio", "1.00");
  }

  private static void persistence(ServerStats stats, Fields fields) {
    fields.add("loading", 0);
    fields.add("async_loading", 0);
    fields.add("rdb_changes_since_last_save", 0);
    fields.add("rdb_bgsave_in_progress", 0);
    fields.add("rdb_last_save_time", (stats.nowMillis() - stats.of(Gauge.UPTIME)) / 1_000);
    fields.add("rdb_last_bgsave_status", "ok");
    fields.add("aof_enabled", 0);
    fields.add("aof_rewrite_in_progress", 0);
    fields.add("aof_last_write_status", "ok");
  }

  private static void stats(ServerStats stats, Fields fields) {
    fields.add("pubsub_channels", 0);
    fields.add("pubsub_patterns", 0);
    fields.add("latest_fork_usec", 0);
  }

  private static void replication(ServerStats stats, Fields fields) {
    fields.add("role", "master");
    fields.add("connected_slaves", 0);
    fields.add("master_repl_offset", 0);
  }

  private static void cpu(ServerStats stats, Fields fields) {
    fields.add("used_cpu_sys_children", Metric.Unit.CPU_MICROS.inSeconds(0));
    fields.add("used_cpu_user_children", Metric.Unit.CPU_MICROS.inSeconds(0));
  }

  private static void errors(ServerStats stats, Fields fields) {
    stats.errors().forEach((code, count) -> fields.add("errorstat_" + code, "count=" + count));
  }

  private static void commands(ServerStats stats, Fields fields) {
    for (CommandFigures command : figures(stats)) {
      long micros = command.nanos() / 1_000;
      fields.add(
          "cmdstat_" + command.name(),
          "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d"
              .formatted(
                  command.calls(),
                  micros,
                  command.calls() == 0 ? 0.0 : command.nanos() / 1e3 / command.calls(),
                  command.rejected(),
                  command.failed()));
    }
  }

  private static void latencies(ServerStats stats, Fields fields) {
    for (CommandFigures command : figures(stats)) {
      if (command.latency().count() > 0) {
        fields.add(
            "latency_percentiles_usec_" + command.name(),
            "p50=%.3f,p99=%.3f,p99.9=%.3f"
                .formatted(
                    command.latency().percentileNanos(50) / 1e3,
                    command.latency().percentileNanos(99) / 1e3,
                    command.latency().percentileNanos(99.9) / 1e3));
      }
    }
  }

  /** What Redis has no word for: how much of the work each dialect brings. */
  private static void dialects(ServerStats stats, Fields fields) {
    Map<String, long[]> sums = new TreeMap<>();
    for (CommandFigures command : stats.commands().get()) {
      long[] sum = sums.computeIfAbsent(command.dialect(), name -> new long[3]);
      sum[0] += command.calls();
      sum[1] += command.nanos();
      sum[2] += command.failed();
    }
    sums.forEach((name, sum) ->
        fields.add(
            "dialect_" + name,
            "calls=" + sum[0] + ",usec=" + sum[1] / 1_000 + ",failed_calls=" + sum[2]));
  }

  /** Of what clients of Redis call. */
  private static List<CommandFigures> figures(ServerStats stats) {
    return stats.commands().get().stream()
        .filter(command -> command.dialect().equals(RespDialect.NAME))
        .toList();
  }

  private static void keyspace(ServerStats stats, Fields fields) {
    for (ServerStats.Database database : stats.databases()) {
      fields.add(
          "db" + database.number(),
          "keys=" + database.items() + ",expires=" + database.expiringItems() + ",avg_ttl=0");
    }
  }

  /**
   * What Redis has no word for. The name of a field has no colon, so the prefix is in its value.
   */
  private static void namespaces(ServerStats stats, Fields fields) {
    int number = 0;
    for (NamespaceFigures one : stats.namespaces()) {
      fields.add(
          "namespace" + number++,
          "prefix=%s,items=%d,bytes=%d,hits=%d,misses=%d,sets=%d,evicted=%d,expired=%d"
              .formatted(
                  bytesOf(one.namespace().prefix()),
                  one.items(),
                  one.bytes(),
                  one.hits(),
                  one.misses(),
                  one.sets(),
                  one.evicted(),
                  one.expired()));
    }
  }

  /** A character for each byte of UTF-8, as the writer takes it. */
  private static String bytesOf(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String percent(long part, long whole) {
    return "%.2f%%".formatted(whole == 0 ? 0.0 : 100.0 * part / whole);
  }

  /** A number of bytes in a unit that suits it, with two decimals: {@code 1.50M}. */
  private static String forPeople(long bytes) {
    if (bytes < 1_024) {
      return bytes + "B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    long hundredths = Math.round(100.0 * bytes / (1L << (10 * unit)));
    return hundredths / 100 + "." + hundredths % 100 / 10 + hundredths % 10 + UNITS.charAt(unit);
  }
}
