package io.speicher.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What is so at the moment it is looked at, or a total that {@link Command.ResetStats} leaves as it
 * is.
 */
public enum Gauge implements Metric {
  UPTIME(
      "uptime_ms", "Server", "uptime_in_seconds", "uptime", Unit.MILLIS, "Time since the start."),
  PORT("port", "Server", "tcp_port", null, Unit.COUNT, "The port that takes every dialect."),
  CONNECTIONS(
      "current_connections",
      "Clients",
      "connected_clients",
      "curr_connections",
      Unit.COUNT,
      "Open connections."),
  MAX_CONNECTIONS(
      "max_connections",
      "Clients",
      "maxclients",
      "max_connections",
      Unit.COUNT,
      "Connections at a time; more are refused."),
  ITEMS(
      "items",
      null,
      null,
      "curr_items",
      Unit.COUNT,
      "Items, of which some may have expired within the last two seconds."),
  EXPIRING_ITEMS("expiring_items", null, null, null, Unit.COUNT, "Items that have a time to live."),
  USED_BYTES(
      "used_bytes",
      "Memory",
      "used_memory",
      "bytes",
      Unit.BYTES,
      "What items take, index and bookkeeping included."),
  PEAK_BYTES(
      "peak_bytes",
      "Memory",
      "used_memory_peak",
      null,
      Unit.BYTES,
      "The most that items have taken so far."),
  BUDGET_BYTES(
      "memory_bytes", "Memory", "maxmemory", "limit_maxbytes", Unit.BYTES, "What items may take."),
  CONNECTION_BYTES(
      "connection_bytes",
      "Memory",
      "mem_clients_normal",
      null,
      Unit.BYTES,
      "What connections hold outside the store: received bytes, pending replies, transactions."),
  CONNECTION_BUDGET_BYTES(
      "connection_memory_bytes", null, null, null, Unit.BYTES, "What connections may hold."),
  RESIDENT_BYTES(
      "resident_bytes",
      "Memory",
      "used_memory_rss",
      null,
      Unit.BYTES,
      "What the process has in memory; 0 where the system does not say."),
  DURABLE(
      "durable",
      "Persistence",
      "speicher_durable",
      "durable",
      Unit.COUNT,
      "1 if items survive the process, in the directory of --data; else 0."),
  ATTACHED(
      "attached",
      "Persistence",
      "speicher_attached",
      null,
      Unit.COUNT,
      "How the directory was found: 0 empty, 1 as a server left it that had stopped, 2 as one left it that was killed, 3 of another size, 4 recovered after a power loss."),
  ATTACHED_ITEMS(
      "attached_items",
      "Persistence",
      "speicher_attached_items",
      null,
      Unit.COUNT,
      "Items that were there at the start."),
  ATTACH_TIME(
      "attach_ms",
      "Persistence",
      "speicher_attach_seconds",
      null,
      Unit.MILLIS,
      "Time that it took to open the directory."),
  DROPPED_ITEMS(
      "dropped_items",
      "Persistence",
      "speicher_dropped_items",
      null,
      Unit.COUNT,
      "Items that could not be recovered at the start, since a power loss had torn them."),
  SYNC_INTERVAL(
      "sync_interval_ms",
      "Persistence",
      "speicher_sync_interval_seconds",
      null,
      Unit.MILLIS,
      "How often what has changed is written to the disk; 0 if never."),
  SYNC_AGE(
      "sync_age_ms",
      "Persistence",
      "speicher_sync_age_seconds",
      null,
      Unit.MILLIS,
      "How long ago the last sync began that has ended."),
  SYNC_TIME(
      "sync_ms",
      "Persistence",
      "speicher_sync_seconds",
      null,
      Unit.MILLIS,
      "Time that the last sync took."),
  DIRTY_BYTES(
      "dirty_bytes",
      "Persistence",
      "speicher_dirty_bytes",
      "dirty_bytes",
      Unit.BYTES,
      "What was stored since the last sync began."),
  FAILED_SYNCS(
      "failed_syncs",
      "Persistence",
      "speicher_failed_syncs",
      null,
      Unit.COUNT,
      "Syncs that failed since the start: the disk is full or damaged."),
  EARLY_SEGMENTS(
      "early_segments",
      "Persistence",
      "speicher_early_segments",
      null,
      Unit.COUNT,
      "Segments used again before what was moved from there was on the disk: a power loss might have lost it."),
  EVICTED_ITEMS(
      "evicted_items",
      "Stats",
      "evicted_keys",
      "evictions",
      Unit.COUNT,
      "Items removed to make room, since the start."),
  EXPIRED_ITEMS(
      "expired_items",
      "Stats",
      "expired_keys",
      "reclaimed",
      Unit.COUNT,
      "Items removed because their time had passed, since the start."),
  COMMANDS_PER_SECOND(
      "commands_per_second",
      "Stats",
      "instantaneous_ops_per_sec",
      null,
      Unit.COUNT,
      "Commands in a second, lately."),
  USER_CPU(
      "user_cpu_us",
      "CPU",
      "used_cpu_user",
      "rusage_user",
      Unit.CPU_MICROS,
      "Processor time in the program; 0 where the system does not say."),
  SYSTEM_CPU(
      "system_cpu_us",
      "CPU",
      "used_cpu_sys",
      "rusage_system",
      Unit.CPU_MICROS,
      "Processor time in the kernel; 0 where the system does not say."),
  THREADS("threads", null, null, "threads", Unit.COUNT, "Event loops."),
  MAX_FRAME_BYTES("max_frame_bytes", null, null, null, Unit.BYTES, "The longest request."),
  MAX_KEY_BYTES("max_key_bytes", null, null, null, Unit.BYTES, "The longest key."),
  CLUSTER_NODES(
      "cluster_nodes",
      "Cluster",
      "cluster_nodes",
      null,
      Unit.COUNT,
      "Nodes of the cluster that this one sees, itself included; 0 where there is no cluster."),
  CLUSTER_PEERS(
      "cluster_peers",
      "Cluster",
      "cluster_peers",
      null,
      Unit.COUNT,
      "Nodes that --cluster-peers names; a majority of them has to be together."),
  CLUSTER_COPIES(
      "cluster_copies",
      "Cluster",
      "cluster_copies",
      null,
      Unit.COUNT,
      "Nodes that each item is to lie on."),
  CLUSTER_AVAILABLE(
      "cluster_available",
      "Cluster",
      "cluster_available",
      null,
      Unit.COUNT,
      "1 if the node answers for keys; 0 while it joins, after it has slept, without a majority, and where there is no cluster."),
  CLUSTER_TOPOLOGY(
      "cluster_topology",
      "Cluster",
      "cluster_topology",
      null,
      Unit.COUNT,
      "Which distribution of the segments this is; grows with each change."),
  CLUSTER_OWNED_SEGMENTS(
      "cluster_owned_segments",
      "Cluster",
      "cluster_owned_segments",
      null,
      Unit.COUNT,
      "Segments that the node can answer for."),
  CLUSTER_PRIMARY_SEGMENTS(
      "cluster_primary_segments",
      "Cluster",
      "cluster_primary_segments",
      null,
      Unit.COUNT,
      "Segments whose writes the node decides."),
  CLUSTER_LONELY_SEGMENTS(
      "cluster_lonely_segments",
      "Cluster",
      "cluster_lonely_segments",
      null,
      Unit.COUNT,
      "Segments of the whole cluster that lie on fewer nodes than they are to."),
  CLUSTER_TRANSFER_SEGMENTS(
      "cluster_transfer_segments",
      "Cluster",
      "cluster_transfer_segments",
      null,
      Unit.COUNT,
      "Segments that the node waits for: it will answer for them when it has received them."),
  CLUSTER_DRAINING(
      "cluster_draining",
      "Cluster",
      "cluster_draining",
      null,
      Unit.COUNT,
      "1 while the node hands over what it owns to the others, to leave then."),
  CLUSTER_UNDER_WAY_BYTES(
      "cluster_under_way_bytes",
      "Cluster",
      "cluster_under_way_bytes",
      null,
      Unit.BYTES,
      "Commands that the node has begun for its clients in the cluster, and that are not answered."),
  CLUSTER_REMOTE_COMMANDS(
      "cluster_remote_commands",
      "Cluster",
      "cluster_remote_commands",
      null,
      Unit.COUNT,
      "Commands that another node had to execute; few, where clients route by owners."),
  CLUSTER_UNKNOWN_OUTCOMES(
      "cluster_unknown_outcomes",
      "Cluster",
      "cluster_unknown_outcomes",
      null,
      Unit.COUNT,
      "Commands that were answered by \"outcome unknown\"."),
  CLUSTER_REFUSED_COMMANDS(
      "cluster_refused_commands",
      "Cluster",
      "cluster_refused_commands",
      null,
      Unit.COUNT,
      "Commands refused because the node was joining, had slept, or was without a majority."),
  CLUSTER_STALLS(
      "cluster_stalls",
      "Cluster",
      "cluster_stalls",
      null,
      Unit.COUNT,
      "Times that the node has slept so long that it asked the others before it read.");

  private final String jsonName;
  private final @Nullable String infoSection;
  private final @Nullable String infoName;
  private final @Nullable String memcachedName;
  private final Unit unit;
  private final String help;

  Gauge(
      String jsonName,
      @Nullable String infoSection,
      @Nullable String infoName,
      @Nullable String memcachedName,
      Unit unit,
      String help) {
    this.jsonName = jsonName;
    this.infoSection = infoSection;
    this.infoName = infoName;
    this.memcachedName = memcachedName;
    this.unit = unit;
    this.help = help;
  }

  @Override
  public Unit unit() {
    return unit;
  }

  @Override
  public boolean isTotal() {
    return switch (this) {
      case EVICTED_ITEMS,
          EXPIRED_ITEMS,
          USER_CPU,
          SYSTEM_CPU,
          FAILED_SYNCS,
          EARLY_SEGMENTS,
          CLUSTER_REMOTE_COMMANDS,
          CLUSTER_UNKNOWN_OUTCOMES,
          CLUSTER_REFUSED_COMMANDS,
          CLUSTER_STALLS ->
          true;
      default -> false;
    };
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public String jsonName() {
    return jsonName;
  }

  @Override
  public @Nullable String infoSection() {
    return infoSection;
  }

  @Override
  public @Nullable String infoName() {
    return infoName;
  }

  @Override
  public @Nullable String memcachedName() {
    return memcachedName;
  }
}
