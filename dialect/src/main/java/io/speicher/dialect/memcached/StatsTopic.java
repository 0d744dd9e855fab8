package io.speicher.dialect.memcached;

import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Metric;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SettingValue;
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
      number(out, "time", stats.nowMillis() / 1_000);
      out.accept("version", VERSION);
      out.accept("speicher_version", stats.version());
      number(out, "pointer_size", 64);
      for (Metric metric : ServerStats.metrics()) {
        String name = metric.memcachedName();
        if (name != null) {
          out.accept(name, metric.unit().inSeconds(stats.of(metric)));
        }
      }
      number(out, "cmd_get", stats.of(Counter.GET_HITS) + stats.of(Counter.GET_MISSES));
      number(out, "cmd_touch", stats.of(Counter.TOUCH_HITS) + stats.of(Counter.TOUCH_MISSES));
      number(out, "total_items", stats.of(Counter.SETS));
      number(out, "get_expired", 0);
      out.accept("accepting_conns", "1");
    }
  },

  SETTINGS {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      for (SettingValue setting : stats.settings()) {
        String name = setting.memcachedName();
        if (name != null) {
          out.accept(name, setting.value());
        }
      }
      out.accept("udpport", "0");
      out.accept("evictions", "on");
      out.accept("cas_enabled", "yes");
      out.accept("auth_enabled_sasl", "no");
      out.accept("auth_enabled_ascii", "no");
      out.accept("maxconns_fast", "yes");
      out.accept("flush_enabled", "yes");
      out.accept("dump_enabled", "no");
      out.accept("binding_protocol", "auto-negotiate");
    }
  },

  /** All items are taken for one class. */
  ITEMS {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      if (stats.of(Gauge.ITEMS) > 0) {
        number(out, "items:1:number", stats.of(Gauge.ITEMS));
        number(out, "items:1:mem_requested", stats.of(Gauge.USED_BYTES));
        number(out, "items:1:evicted", stats.of(Gauge.EVICTED_ITEMS));
        number(out, "items:1:reclaimed", stats.of(Gauge.EXPIRED_ITEMS));
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
}
