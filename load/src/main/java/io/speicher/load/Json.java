package io.speicher.load;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a JSON object, member by member. */
final class Json {
  private final StringBuilder text = new StringBuilder("{");

  Json add(String name, String value) {
    return addRaw(name, quoted(value));
  }

  Json add(String name, long value) {
    return addRaw(name, Long.toString(value));
  }

  Json add(String name, @Nullable Double value) {
    return addRaw(name, value == null ? "null" : number(value));
  }

  /** Adds a member whose value is JSON already. */
  Json addRaw(String name, String json) {
    if (text.length() > 1) {
      text.append(',');
    }
    text.append(quoted(name)).append(':').append(json);
    return this;
  }

  /** The object, after which nothing can be added. */
  String end() {
    return text.append('}').toString();
  }

  /** A number with as many decimals as are of interest. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "null";
    }
    String rounded = String.format(Locale.ROOT, "%.6f", value).replaceAll("0+$", "");
    return rounded.endsWith(".") ? rounded + "0" : rounded;
  }

  static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character == '"' || character == '\\') {
        quoted.append('\\').append(character);
      } else if (character < ' ') {
        quoted.append("\\u%04x".formatted((int) character));
      } else {
        quoted.append(character);
      }
    }
    return quoted.append('"').toString();
  }
}
