package io.speicher.dialect.resp;

import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.ServerStats;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * CONFIG GET and SET: what a server was started with, in Redis's names. Nothing of it can be
 * changed while it runs, so setting succeeds only for what is so already.
 */
final class Configuration {
  private static final Map<String, Function<ServerStats, Object>> PARAMETERS =
      new LinkedHashMap<>();

  static {
    PARAMETERS.put("maxmemory", ServerStats::budgetBytes);
    PARAMETERS.put("maxmemory-policy", stats -> InfoText.EVICTION_POLICY);
    PARAMETERS.put("maxclients", ServerStats::maxConnections);
    PARAMETERS.put("timeout", stats -> stats.idleTimeoutMillis() / 1_000);
    PARAMETERS.put("port", ServerStats::port);
    PARAMETERS.put("proto-max-bulk-len", ServerStats::maxFrameBytes);
    PARAMETERS.put("io-threads", ServerStats::threads);
    PARAMETERS.put("databases", stats -> 1);
    PARAMETERS.put("save", stats -> "");
    PARAMETERS.put("appendonly", stats -> "no");
    PARAMETERS.put("cluster-enabled", stats -> "no");
    PARAMETERS.put("requirepass", stats -> "");
    PARAMETERS.put("notify-keyspace-events", stats -> "");
    PARAMETERS.put("slowlog-log-slower-than", stats -> -1);
    PARAMETERS.put("slowlog-max-len", stats -> 0);
    PARAMETERS.put("latency-monitor-threshold", stats -> 0);
  }

  private Configuration() {}

  static Command get(Request request) {
    // As it is asked for, to what it is: a name that is no pattern comes back as it was written.
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 2; i < request.count(); i++) {
      String asked = request.string(i);
      String lower = asked.toLowerCase(Locale.ROOT);
      if (PARAMETERS.containsKey(lower)) {
        names.put(asked, lower);
      } else {
        Glob pattern = new Glob(ascii(lower));
        PARAMETERS.keySet().stream()
            .filter(name -> pattern.matches(ascii(name)))
            .forEach(name -> names.put(name, name));
      }
    }
    return request.answer(
        new Command.Stats(),
        Spelling.stats((stats, out) -> {
          out.map(names.size());
          names.forEach((asked, name) -> {
            out.bulk(asked);
            out.bulk(value(name, stats));
          });
        }));
  }

  static Command set(Request request) {
    if (request.count() % 2 != 0) {
      throw request.wrongCount("config|set");
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (int i = 2; i < request.count(); i += 2) {
      String name = request.string(i).toLowerCase(Locale.ROOT);
      if (!PARAMETERS.containsKey(name)) {
        throw new RefusedException(
            "ERR Unknown option or number of arguments for CONFIG SET - '"
                + request.string(i)
                + "'");
      }
      if (!seen.add(name)) {
        throw new RefusedException(failure(name, "duplicate parameter"));
      }
      wanted.put(name, request.string(i + 1));
    }
    return request.answer(
        new Command.Stats(),
        Spelling.stats((stats, out) -> {
          for (Map.Entry<String, String> one : wanted.entrySet()) {
            if (!one.getValue().equalsIgnoreCase(value(one.getKey(), stats))) {
              out.error(failure(one.getKey(), "can't set immutable config"));
              return;
            }
          }
          out.ok();
        }));
  }

  private static String value(String name, ServerStats stats) {
    Function<ServerStats, Object> parameter = PARAMETERS.get(name);
    return parameter == null ? "" : parameter.apply(stats).toString();
  }

  private static String failure(String name, String why) {
    return "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why;
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
