package io.speicher.dialect.memcached;

import io.speicher.protocol.Counter;
import io.speicher.protocol.Gauge;
import io.speicher.protocol.Metric;
import io.speicher.protocol.NamespaceFigures;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SettingValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      Map<String, String> found = new LinkedHashMap<>();
      found.put("pid", Long.toString(ProcessHandle.current().pid()));
      number(found::put, "time", stats.nowMillis() / 1_000);
      found.put("version", VERSION);
      found.put("speicher_version", stats.version());
      number(found::put, "pointer_size", 64);
      for (Metric metric : ServerStats.metrics()) {
        String name = metric.memcachedName();
        if (name != null) {
          found.put(name, metric.unit().inSeconds(stats.of(metric)));
        }
      }
      number(found::put, "cmd_get", stats.of(Counter.GET_HITS) + stats.of(Counter.GET_MISSES));
      number(
          found::put, "cmd_touch", stats.of(Counter.TOUCH_HITS) + stats.of(Counter.TOUCH_MISSES));
      number(found::put, "total_items", stats.of(Counter.SETS));
      number(found::put, "get_expired", 0);
      found.put("accepting_conns", "1");
      inOrder(GENERAL_ORDER, found, out);
    }
  },

  SETTINGS {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      Map<String, String> found = new LinkedHashMap<>();
      for (SettingValue setting : stats.settings()) {
        String name = setting.memcachedName();
        if (name != null) {
          found.put(name, setting.value());
        }
      }
      found.put("udpport", "0");
      found.put("evictions", "on");
      found.put("cas_enabled", "yes");
      found.put("auth_enabled_sasl", "no");
      found.put("auth_enabled_ascii", "no");
      found.put("maxconns_fast", "yes");
      found.put("flush_enabled", "yes");
      found.put("dump_enabled", "no");
      found.put("binding_protocol", "auto-negotiate");
      inOrder(SETTINGS_ORDER, found, out);
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

  /** What memcached has no word for: a number for each namespace, and what is counted of it. */
  NAMESPACES {
    @Override
    void write(ServerStats stats, BiConsumer<String, String> out) {
      int index = 0;
      for (NamespaceFigures figures : stats.namespaces()) {
        String name = "namespace:" + index++ + ":";
        out.accept(name + "prefix", figures.namespace().prefix().replace(' ', '_'));
        number(out, name + "items", figures.items());
        number(out, name + "bytes", figures.bytes());
        number(out, name + "get_hits", figures.hits());
        number(out, name + "get_misses", figures.misses());
        number(out, name + "cmd_set", figures.sets());
        number(out, name + "evictions", figures.evicted());
        number(out, name + "reclaimed", figures.expired());
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

  private static final List<String> GENERAL_ORDER =
      List.of(
          "pid",
          "uptime",
          "time",
          "version",
          "pointer_size",
          "rusage_user",
          "rusage_system",
          "max_connections",
          "curr_connections",
          "total_connections",
          "rejected_connections",
          "cmd_get",
          "cmd_set",
          "cmd_flush",
          "cmd_touch",
          "get_hits",
          "get_misses",
          "get_expired",
          "bytes_read",
          "bytes_written",
          "limit_maxbytes",
          "accepting_conns",
          "threads",
          "bytes",
          "curr_items",
          "total_items",
          "evictions",
          "reclaimed");

  private static final List<String> SETTINGS_ORDER =
      List.of("maxbytes", "maxconns", "tcpport", "udpport", "evictions", "item_size_max");

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

  /** Tells what is found: first what memcached has, in its order, which clients may rely on. */
  private static void inOrder(
      List<String> order, Map<String, String> found, BiConsumer<String, String> out) {
    for (String name : order) {
      String value = found.remove(name);
      if (value != null) {
        out.accept(name, value);
      }
    }
    found.forEach(out);
  }

  private static void number(BiConsumer<String, String> out, String name, long value) {
    out.accept(name, Long.toString(value));
  }
}
