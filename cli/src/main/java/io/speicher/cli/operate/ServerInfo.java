package io.speicher.cli.operate;

import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What INFO says at a time: fields by name, in their order.
 *
 * @param nanos when it was read, as {@link System#nanoTime} has it
 */
public record ServerInfo(Map<String, String> fields, long nanos) {
  private static final String KEYSPACE = "db\\d+";

  /** Asks for these sections, or without any for the usual ones. */
  public static ServerInfo read(RespConnection server, String... sections) throws IOException {
    String[] words = new String[sections.length + 1];
    words[0] = "INFO";
    System.arraycopy(sections, 0, words, 1, sections.length);
    return of(server.ask(words).text(), System.nanoTime());
  }

  static ServerInfo of(String text, long nanos) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : text.split("\r?\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.charAt(0) != '#') {
        fields.put(line.substring(0, colon), line.substring(colon + 1));
      }
    }
    return new ServerInfo(fields, nanos);
  }

  /** The text of a field, or the empty one if there is no such field. */
  public String text(String field) {
    return fields.getOrDefault(field, "");
  }

  /** The number that a field is, or NaN if there is none. */
  public double number(String field) {
    try {
      return Double.parseDouble(text(field));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** How many keys all databases have. */
  public double keys() {
    return fields.entrySet().stream()
        .filter(field -> field.getKey().matches(KEYSPACE))
        .mapToDouble(field -> part(field.getValue(), "keys"))
        .sum();
  }

  /** How much of the memory that items may take they take; NaN where there is no bound. */
  public double full() {
    double max = number("maxmemory");
    return max > 0 ? number("used_memory") / max : Double.NaN;
  }

  /** The number after {@code name=} in the text of a field, or NaN. */
  public static double part(String text, String name) {
    for (String part : text.split(",", -1)) {
      if (part.startsWith(name + "=")) {
        try {
          return Double.parseDouble(part.substring(name.length() + 1));
        } catch (NumberFormatException e) {
          return Double.NaN;
        }
      }
    }
    return Double.NaN;
  }

  /** Which server this is: {@code speicher 0.1.0} or {@code redis 7.0.15}. */
  public String server() {
    if (!text("speicher_version").isEmpty()) {
      return "speicher " + text("speicher_version");
    }
    return text("valkey_version").isEmpty()
        ? "redis " + text("redis_version")
        : "valkey " + text("valkey_version");
  }
}
