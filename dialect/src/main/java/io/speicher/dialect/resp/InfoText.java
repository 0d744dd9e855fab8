package io.speicher.dialect.resp;

import io.speicher.protocol.Counter;
import io.speicher.protocol.ServerStats;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The text of INFO: the sections and fields that monitors of Redis read. */
final class InfoText {
  /** The Redis that we are taken for by who adapts to versions. */
  static final String REDIS_VERSION = "7.2.4";

  static final String EVICTION_POLICY = "allkeys-lfu";

  private static final Set<String> ALL = Set.of("all", "everything", "default");
  private static final long MILLIS_PER_DAY = 86_400_000;
  private static final String[] UNITS = {"B", "K", "M", "G", "T", "P"};

  /** Writes the fields of a section. */
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
    SECTIONS.put("Errorstats", InfoText::errors);
    SECTIONS.put("Cluster", (stats, fields) -> fields.add("cluster_enabled", 0));
    SECTIONS.put("Keyspace", InfoText::keyspace);
  }

  private InfoText() {}

  /** The lines of a section. */
  private static final class Fields {
    private final StringBuilder text = new StringBuilder();

    void add(String name, Object value) {
      text.append(name).append(':').append(value).append("\r\n");
    }
  }

  /**
   * @param names of sections, in lower case; none for all of them
   */
  static String of(ServerStats stats, Set<String> names) {
    boolean all = names.isEmpty() || names.stream().anyMatch(ALL::contains);
    Fields fields = new Fields();
    SECTIONS.forEach((name, section) -> {
      if (all || names.contains(name.toLowerCase(Locale.ROOT))) {
        fields.text.append(fields.text.isEmpty() ? "# " : "\r\n# ").append(name).append("\r\n");
        section.write(stats, fields);
      }
    });
    return fields.text.toString();
  }

  private static void server(ServerStats stats, Fields fields) {
    long upMillis = Math.max(0, stats.nowMillis() - stats.startedAtMillis());
    fields.add("redis_version", REDIS_VERSION);
    fields.add("server_name", "speicher");
    fields.add("speicher_version", stats.version());
    fields.add("redis_mode", "standalone");
    fields.add("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    fields.add("arch_bits", 64);
    fields.add("process_id", ProcessHandle.current().pid());
    fields.add("tcp_port", stats.port());
    fields.add("server_time_usec", 1_000 * stats.nowMillis());
    fields.add("uptime_in_seconds", upMillis / 1_000);
    fields.add("uptime_in_days", upMillis / MILLIS_PER_DAY);
    fields.add("io_threads_active", stats.threads() > 1 ? 1 : 0);
  }

  private static void clients(ServerStats stats, Fields fields) {
    fields.add("connected_clients", stats.connections());
    fields.add("cluster_connections", 0);
    fields.add("maxclients", stats.maxConnections());
    fields.add("blocked_clients", 0);
    fields.add("tracking_clients", 0);
  }

  private static void memory(ServerStats stats, Fields fields) {
    bytes(fields, "used_memory", stats.usedBytes());
    bytes(fields, "used_memory_rss", stats.residentBytes());
    bytes(fields, "used_memory_peak", stats.peakBytes());
    bytes(fields, "maxmemory", stats.budgetBytes());
    fields.add("maxmemory_policy", EVICTION_POLICY);
    // What it tells of in Redis, memory lost between allocations, there is none of in segments;
    // what
    // is resident beside them is code and connections, and no reason for an alarm.
    fields.add("mem_fragmentation_ratio", decimal(2, 1));
  }

  private static void persistence(ServerStats stats, Fields fields) {
    fields.add("loading", 0);
    fields.add("async_loading", 0);
    fields.add("rdb_changes_since_last_save", 0);
    fields.add("rdb_bgsave_in_progress", 0);
    fields.add("rdb_last_save_time", stats.startedAtMillis() / 1_000);
    fields.add("rdb_last_bgsave_status", "ok");
    fields.add("aof_enabled", 0);
    fields.add("aof_rewrite_in_progress", 0);
    fields.add("aof_last_write_status", "ok");
  }

  private static void stats(ServerStats stats, Fields fields) {
    fields.add("total_connections_received", stats.count(Counter.CONNECTIONS));
    fields.add("total_commands_processed", stats.count(Counter.COMMANDS));
    fields.add("instantaneous_ops_per_sec", stats.commandsPerSecond());
    fields.add("total_net_input_bytes", stats.count(Counter.READ_BYTES));
    fields.add("total_net_output_bytes", stats.count(Counter.WRITTEN_BYTES));
    fields.add("rejected_connections", stats.count(Counter.REJECTED_CONNECTIONS));
    fields.add("expired_keys", stats.expiredItemCount());
    fields.add("evicted_keys", stats.evictedItemCount());
    fields.add("keyspace_hits", stats.count(Counter.GET_HITS));
    fields.add("keyspace_misses", stats.count(Counter.GET_MISSES));
    fields.add("pubsub_channels", 0);
    fields.add("pubsub_patterns", 0);
    fields.add("latest_fork_usec", 0);
    fields.add("total_error_replies", stats.count(Counter.ERRORS));
  }

  private static void replication(ServerStats stats, Fields fields) {
    fields.add("role", "master");
    fields.add("connected_slaves", 0);
    fields.add("master_repl_offset", 0);
  }

  private static void cpu(ServerStats stats, Fields fields) {
    fields.add("used_cpu_sys", decimal(6, stats.systemCpuMicros() / 1e6));
    fields.add("used_cpu_user", decimal(6, stats.userCpuMicros() / 1e6));
    fields.add("used_cpu_sys_children", decimal(6, 0));
    fields.add("used_cpu_user_children", decimal(6, 0));
  }

  private static void errors(ServerStats stats, Fields fields) {
    if (stats.count(Counter.ERRORS) > 0) {
      fields.add("errorstat_ERR", "count=" + stats.count(Counter.ERRORS));
    }
  }

  private static void keyspace(ServerStats stats, Fields fields) {
    if (stats.itemCount() > 0) {
      fields.add("db0", "keys=" + stats.itemCount() + ",expires=0,avg_ttl=0");
    }
  }

  /** A number of bytes, and once more for people. */
  private static void bytes(Fields fields, String name, long bytes) {
    fields.add(name, bytes);
    double number = bytes;
    int unit = 0;
    while (number >= 1_024 && unit < UNITS.length - 1) {
      number /= 1_024;
      unit++;
    }
    fields.add(
        name + "_human", (unit == 0 ? Long.toString(bytes) : decimal(2, number)) + UNITS[unit]);
  }

  private static String decimal(int places, double number) {
    return String.format(Locale.ROOT, "%." + places + "f", number);
  }
}
