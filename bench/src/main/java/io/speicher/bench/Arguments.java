package io.speicher.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a program was asked for: {@code name=value} in any order, and words. */
public final class Arguments {
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> words = new ArrayList<>();

  /** A word that begins with a dash is a word, even if it holds an equals sign. */
  public Arguments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1 || argument.startsWith("-")) {
        words.add(argument);
      } else {
        values.put(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }
  }

  /** A count, with or without underscores, or {@code otherwise}. */
  public long number(String name, long otherwise) {
    String value = values.remove(name);
    return value == null ? otherwise : Long.parseLong(value.replace("_", ""));
  }

  /** A size such as 256mb or 4gb, or {@code otherwise}. */
  public long bytes(String name, String otherwise) {
    String value = values.remove(name);
    return parseBytes((value == null ? otherwise : value).toLowerCase(Locale.ROOT));
  }

  /** What is not {@code name=value}. */
  public List<String> words() {
    return Collections.unmodifiableList(words);
  }

  /** To be called when all have been asked for. */
  public void requireNoOthers() {
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("unknown arguments: " + values.keySet());
    }
  }

  private static long parseBytes(String text) {
    String[] units = {"kb", "mb", "gb"};
    for (int i = 0; i < units.length; i++) {
      if (text.endsWith(units[i])) {
        return Long.parseLong(text.substring(0, text.length() - 2)) << (10 * (i + 1));
      }
    }
    return Long.parseLong(text);
  }
}
