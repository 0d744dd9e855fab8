package io.speicher.dialect.memcached;

import io.speicher.protocol.Counter;
import io.speicher.protocol.ServerStats;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What may be asked for by {@code stats}. The names are memcached's, as far as Speicher has such a
 * thing: monitors look for them. Of slabs there are none, so these topics have no lines.
 */
enum StatsTopic {
  GENERAL {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      out.accept("pid", Long.toString(ProcessHandle.current().pid()));
      number(out, "uptime", (stats.nowMillis() - stats.startedAtMillis()) / 1_000);
      number(out, "time", stats.nowMillis() / 1_000);
      out.accept("version", VERSION);
      out.accept("speicher_version", stats.version());
      number(out, "pointer_size", 64);
      out.accept("rusage_user", seconds(stats.userCpuMicros()));
      out.accept("rusage_system", seconds(stats.systemCpuMicros()));
      number(out, "max_connections", stats.maxConnections());
      number(out, "curr_connections", stats.connections());
      number(out, "total_connections", stats.count(Counter.CONNECTIONS));
      number(out, "rejected_connections", stats.count(Counter.REJECTED_CONNECTIONS));
      number(out, "cmd_get", stats.count(Counter.GET_HITS) + stats.count(Counter.GET_MISSES));
      number(out, "cmd_set", stats.count(Counter.SETS));
      number(out, "cmd_flush", stats.count(Counter.CLEARS));
      number(out, "cmd_touch", stats.count(Counter.TOUCH_HITS) + stats.count(Counter.TOUCH_MISSES));
      number(out, "get_hits", stats.count(Counter.GET_HITS));
      number(out, "get_misses", stats.count(Counter.GET_MISSES));
      number(out, "get_expired", 0);
      number(out, "delete_misses", stats.count(Counter.DELETE_MISSES));
      number(out, "delete_hits", stats.count(Counter.DELETE_HITS));
      number(out, "incr_misses", stats.count(Counter.INCREMENT_MISSES));
      number(out, "incr_hits", stats.count(Counter.INCREMENT_HITS));
      number(out, "decr_misses", stats.count(Counter.DECREMENT_MISSES));
      number(out, "decr_hits", stats.count(Counter.DECREMENT_HITS));
      number(out, "cas_misses", stats.count(Counter.CAS_MISSES));
      number(out, "cas_hits", stats.count(Counter.CAS_HITS));
      number(out, "cas_badval", stats.count(Counter.CAS_OTHER_VERSION));
      number(out, "touch_hits", stats.count(Counter.TOUCH_HITS));
      number(out, "touch_misses", stats.count(Counter.TOUCH_MISSES));
      number(out, "bytes_read", stats.count(Counter.READ_BYTES));
      number(out, "bytes_written", stats.count(Counter.WRITTEN_BYTES));
      number(out, "limit_maxbytes", stats.budgetBytes());
      out.accept("accepting_conns", "1");
      number(out, "threads", stats.threads());
      number(out, "bytes", stats.usedBytes());
      number(out, "curr_items", stats.itemCount());
      number(out, "total_items", stats.count(Counter.SETS));
      number(out, "evictions", stats.evictedItemCount());
      number(out, "reclaimed", stats.expiredItemCount());
    }
  },

  SETTINGS {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      number(out, "maxbytes", stats.budgetBytes());
      number(out, "maxconns", stats.maxConnections());
      number(out, "tcpport", stats.port());
      out.accept("udpport", "0");
      out.accept("evictions", "on");
      number(out, "num_threads", stats.threads());
      out.accept("cas_enabled", "yes");
      out.accept("auth_enabled_sasl", "no");
      out.accept("auth_enabled_ascii", "no");
      number(out, "item_size_max", stats.maxFrameBytes());
      out.accept("maxconns_fast", "yes");
      out.accept("flush_enabled", "yes");
      out.accept("dump_enabled", "no");
      number(out, "idle_timeout", stats.idleTimeoutMillis() / 1_000);
      out.accept("binding_protocol", "auto-negotiate");
    }
  },

  /** All items are taken for one class. */
  ITEMS {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      if (stats.itemCount() > 0) {
        number(out, "items:1:number", stats.itemCount());
        number(out, "items:1:mem_requested", stats.usedBytes());
        number(out, "items:1:evicted", stats.evictedItemCount());
        number(out, "items:1:reclaimed", stats.expiredItemCount());
      }
    }
  },

  SLABS,

  SIZES {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      out.accept("sizes_status", "disabled");
    }
  },

  CONNS;

  /** The memcached that this dialect is like: clients conclude from it what they may use. */
  static final String VERSION = "1.6.18";

  static @Nullable StatsTopic named(String name) {
    for (StatsTopic topic : values()) {
      if (topic != GENERAL && topic.name().toLowerCase(Locale.ROOT).equals(name)) {
        return topic;
      }
    }
    return null;
  }

  /** Tells each name and its value. */
  void write(ServerStats stats, BiConsumer<String, String> out) {}

  private static void number(BiConsumer<String, String> out, String name, long value) {
    out.accept(name, Long.toString(value));
  }

  private static String seconds(long micros) {
    return String.format(Locale.ROOT, "%d.%06d", micros / 1_000_000, micros % 1_000_000);
  }
}
