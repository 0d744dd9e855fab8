package io.speicher.cli.console;

import io.speicher.protocol.json.JsonText;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Writes a JSON object, member by member, in the order in which they are added. */
public final class JsonObject {
  private final StringJoiner members = new StringJoiner(",", "{", "}");

  public JsonObject add(String name, String value) {
    return addJson(name, JsonText.quote(value));
  }

  public JsonObject add(String name, long value) {
    return addJson(name, Long.toString(value));
  }

  public JsonObject add(String name, boolean value) {
    return addJson(name, Boolean.toString(value));
  }

  /** A number with up to three decimals; null for what is none. */
  public JsonObject add(String name, double value) {
    if (!Double.isFinite(value)) {
      return addJson(name, "null");
    }
    String text = String.format(Locale.ROOT, "%.3f", value);
    return addJson(name, text.replaceAll("\\.?0+$", ""));
  }

  /** A member whose value is JSON already. */
  public JsonObject addJson(String name, String json) {
    members.add(JsonText.quote(name) + ":" + json);
    return this;
  }

  public JsonObject add(String name, List<String> values) {
    return addJson(name, array(values.stream().map(JsonText::quote).toList()));
  }

  /** Values that are JSON already, in an array. */
  public static String array(List<String> values) {
    return "[" + String.join(",", values) + "]";
  }

  /** The object as it is by now. */
  @Override
  public String toString() {
    return members.toString();
  }
}
