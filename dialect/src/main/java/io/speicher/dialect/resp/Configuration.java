package io.speicher.dialect.resp;

import io.speicher.protocol.Command;
import io.speicher.protocol.Glob;
import io.speicher.protocol.ServerStats;
import io.speicher.protocol.SettingValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * CONFIG GET and SET: the settings of the server, by Redis's names where it has them, and what is
 * always so of this server. Most of it cannot be changed while it runs: setting that succeeds only
 * for what is so already.
 */
final class Configuration {
  /** What clients and monitors ask for and no setting of ours decides. */
  private static final Map<String, String> CONSTANTS = new LinkedHashMap<>();

  static {
    CONSTANTS.put("maxmemory-policy", InfoText.EVICTION_POLICY);
    CONSTANTS.put("save", "");
    CONSTANTS.put("appendonly", "no");
    CONSTANTS.put("cluster-enabled", "no");
    CONSTANTS.put("requirepass", "");
    CONSTANTS.put("notify-keyspace-events", "");
    CONSTANTS.put("tcp-keepalive", "300");
    CONSTANTS.put("latency-monitor-threshold", "0");
  }

  private Configuration() {}

  static Command get(Request request) {
    String[] asked = new String[request.count() - 2];
    for (int i = 0; i < asked.length; i++) {
      asked[i] = request.string(i + 2);
    }
    return request.answer(
        new Command.Stats(),
        Spelling.stats((stats, out) -> {
          Map<String, String> found = matching(asked, parameters(stats));
          out.map(found.size());
          found.forEach((name, value) -> {
            out.bulk(name);
            out.bulk(value);
          });
        }));
  }

  /** A name that is no pattern comes back as it was written. */
  private static Map<String, String> matching(String[] asked, Map<String, String> parameters) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String written : asked) {
      String lower = written.toLowerCase(Locale.ROOT);
      String value = parameters.get(lower);
      if (value != null) {
        found.put(written, value);
      } else {
        Glob pattern = new Glob(ascii(lower));
        parameters.forEach((name, itsValue) -> {
          if (pattern.matches(ascii(name))) {
            found.put(name, itsValue);
          }
        });
      }
    }
    return found;
  }

  static Command set(Request request) {
    if (request.count() % 2 != 0) {
      throw request.wrongCount("config|set");
    }
    Map<String, String> wanted = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (int i = 2; i < request.count(); i += 2) {
      String name = request.string(i);
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new RefusedException(failure(name.toLowerCase(Locale.ROOT), "duplicate parameter"));
      }
      add(name.toLowerCase(Locale.ROOT), request.string(i + 1), wanted);
    }
    Command.Configure.Refusal refusal =
        (name, why) ->
            why == null
                ? "ERR Unknown option or number of arguments for CONFIG SET - '" + name + "'"
                : failure(name, why);
    return request.answer(new Command.Configure(wanted, refusal), Spelling.OK);
  }

  /** What is always so can be set to what it is. */
  private static void add(String name, String value, Map<String, String> wanted) {
    String constant = CONSTANTS.get(name);
    if (constant == null) {
      wanted.put(name, value);
    } else if (!value.equalsIgnoreCase(constant)) {
      throw new RefusedException(failure(name, "can't set immutable config"));
    }
  }

  private static Map<String, String> parameters(ServerStats stats) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (SettingValue setting : stats.settings()) {
      String redisName = setting.redisName();
      parameters.put(redisName == null ? setting.name() : redisName, setting.value());
    }
    parameters.putAll(CONSTANTS);
    return parameters;
  }

  private static String failure(String name, String why) {
    return "ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why;
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
