package io.speicher.dialect.resp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a Lua script in a form in which it does not matter how it was written: without
 * comments, white space and semicolons, with other names for local variables, other quotes, and
 * names of commands in lower case. Two scripts of the same form do the same.
 */
final class LuaText {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?s)--\\[\\[.*?]]|--[^\\n]*|\\s+|;" // What does not count.
              + "|(?<string>'[^'\\\\\\n]*'|\"[^\"\\\\\\n]*\")"
              + "|(?<name>[A-Za-z_]\\w*)"
              + "|(?<other>\\d+|==|~=|<=|>=|\\.\\.|.)");

  /** What stands before the name of a command. */
  private static final List<String> CALL = List.of("redis", ".", "call", "(");

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, String> locals = new HashMap<>();

  /** Whether a name is declared next: behind {@code local} and {@code for}, and in their lists. */
  private boolean declares;

  /** Whether the last token was such a name. */
  private boolean hasDeclared;

  private LuaText(String script) {
    Matcher token = TOKEN.matcher(script);
    while (token.find()) {
      if (token.group("string") != null) {
        addString(token.group("string"));
      } else if (token.group("name") != null) {
        addName(token.group("name"));
      } else if (token.group("other") != null) {
        add(token.group("other"));
      }
    }
  }

  /** The form of a script. */
  static String normalized(String script) {
    LuaText text = new LuaText(script);
    text.dropParentheses();
    return String.join(" ", text.tokens);
  }

  private void add(String token) {
    declares = hasDeclared && token.equals(",");
    hasDeclared = false;
    tokens.add(token);
  }

  private void addString(String quoted) {
    String text = quoted.substring(1, quoted.length() - 1);
    int size = tokens.size();
    boolean isCommand = size > 3 && tokens.subList(size - 4, size).equals(CALL);
    tokens.add('"' + (isCommand ? text.toLowerCase(Locale.ROOT) : text) + '"');
    declares = false;
    hasDeclared = false;
  }

  private void addName(String name) {
    boolean isMember = !tokens.isEmpty() && tokens.get(tokens.size() - 1).equals(".");
    if (declares) {
      locals.putIfAbsent(name, "$" + locals.size());
    }
    String known =
        switch (name) {
          case "pcall" -> "call"; // Whether an error ends the script or is its result.
          case "pairs" -> "ipairs";
          default -> isMember ? name : locals.getOrDefault(name, name);
        };
    tokens.add(known);
    hasDeclared = declares;
    declares = name.equals("local") || name.equals("for");
  }

  /** Those around the whole condition of an {@code if}. */
  private void dropParentheses() {
    for (int i = 0; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).equals("if") && tokens.get(i + 1).equals("(")) {
        int end = closing(i + 1);
        if (end > 0 && end + 1 < tokens.size() && tokens.get(end + 1).equals("then")) {
          tokens.remove(end);
          tokens.remove(i + 1);
        }
      }
    }
  }

  private int closing(int opening) {
    int depth = 0;
    for (int i = opening; i < tokens.size(); i++) {
      depth += tokens.get(i).equals("(") ? 1 : tokens.get(i).equals(")") ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }
}
