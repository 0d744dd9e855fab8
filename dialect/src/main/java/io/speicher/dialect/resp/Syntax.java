package io.speicher.dialect.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command, as the pages of Redis write them:
 *
 * <pre>
 *   key value [NX | XX] [EX seconds | PX milliseconds]     key [key ...]     &lt;ON | OFF | SKIP&gt;
 * </pre>
 *
 * <p>What is in lower case stands for a word, what is in upper case is typed as it is. In brackets
 * is what may be left out; {@code ...} repeats what stands in the same brackets, which has stood
 * once before them. A colon gives a word another type than its name has: {@code increment:double}.
 */
final class Syntax {

  /**
   * An argument as COMMAND DOCS has it.
   *
   * @param type {@code oneof} and {@code block} have inner ones, {@code pure-token} has no value
   * @param token what is typed before the value, or in its place
   */
  record Argument(
      String name,
      String type,
      @Nullable String token,
      boolean isOptional,
      boolean isMultiple,
      List<Argument> inner) {
    static Argument group(String type, List<Argument> inner) {
      String name = inner.stream().map(Argument::name).collect(Collectors.joining("-"));
      return new Argument(name, type, null, false, false, inner);
    }

    Argument optional() {
      return new Argument(name, type, token, true, isMultiple, inner);
    }

    Argument multiple() {
      return new Argument(name, type, token, isOptional, true, inner);
    }

    Argument after(String newToken) {
      return new Argument(name, type, newToken, isOptional, isMultiple, inner);
    }

    /** How many words it has at least. */
    int minWords() {
      if (isOptional) {
        return 0;
      }
      int words =
          switch (type) {
            case "oneof" -> inner.stream().mapToInt(Argument::minWords).min().orElse(0);
            case "block" -> inner.stream().mapToInt(Argument::minWords).sum();
            case "pure-token" -> 0;
            default -> 1;
          };
      return words + (token == null ? 0 : 1);
    }

    /** Whether it can have more words than that. */
    boolean isOpen() {
      return isOptional || isMultiple || inner.stream().anyMatch(Argument::isOpen);
    }
  }

  private static final Pattern PART = Pattern.compile("\\.\\.\\.|[\\[\\]<>|]|[^\\s\\[\\]<>|]+");

  /** The types of words that are called so; all others are strings. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("key", "key"),
          Map.entry("newkey", "key"),
          Map.entry("source", "key"),
          Map.entry("destination", "key"),
          Map.entry("pattern", "pattern"),
          Map.entry("seconds", "integer"),
          Map.entry("milliseconds", "integer"),
          Map.entry("count", "integer"),
          Map.entry("cursor", "integer"),
          Map.entry("start", "integer"),
          Map.entry("end", "integer"),
          Map.entry("offset", "integer"),
          Map.entry("increment", "integer"),
          Map.entry("decrement", "integer"),
          Map.entry("index", "integer"),
          Map.entry("client-id", "integer"),
          Map.entry("numreplicas", "integer"),
          Map.entry("timeout", "integer"),
          Map.entry("protover", "integer"),
          Map.entry("unix-time-seconds", "unix-time"),
          Map.entry("unix-time-milliseconds", "unix-time"));

  private final List<String> parts = new ArrayList<>();
  private int at;

  private Syntax(String text) {
    Matcher matcher = PART.matcher(text);
    while (matcher.find()) {
      parts.add(matcher.group());
    }
  }

  /**
   * The arguments that a text describes.
   *
   * @throws IllegalArgumentException if brackets do not match, or something else is repeated than
   *     what stands before
   */
  static List<Argument> parse(String text) {
    Syntax syntax = new Syntax(text);
    List<Argument> arguments = syntax.sequence();
    if (syntax.at < syntax.parts.size()) {
      throw new IllegalArgumentException("a bracket too many: " + text);
    }
    return arguments;
  }

  /** Up to a closing bracket, a bar, dots or the end. */
  private List<Argument> sequence() {
    List<Argument> arguments = new ArrayList<>();
    while (at < parts.size()) {
      String part = parts.get(at);
      switch (part) {
        case "[" -> addBracketed(arguments);
        case "<" -> arguments.add(group(">"));
        case "]", ">", "|", "..." -> {
          return arguments;
        }
        default -> arguments.add(word());
      }
    }
    return arguments;
  }

  private void addBracketed(List<Argument> arguments) {
    int begin = at;
    at++;
    List<Argument> repeated = sequence();
    if (!"...".equals(peek())) {
      at = begin;
      arguments.add(group("]").optional());
      return;
    }
    at++;
    expect("]");
    int from = arguments.size() - repeated.size();
    if (from < 0 || !names(arguments.subList(from, arguments.size())).equals(names(repeated))) {
      throw new IllegalArgumentException("repeated, but not before: " + names(repeated));
    }
    List<Argument> first = List.copyOf(arguments.subList(from, arguments.size()));
    arguments.subList(from, arguments.size()).clear();
    arguments.add(
        (first.size() == 1 ? first.getFirst() : Argument.group("block", first)).multiple());
  }

  private static List<String> names(List<Argument> arguments) {
    return arguments.stream().map(Argument::name).toList();
  }

  private Argument group(String end) {
    List<Argument> choices = new ArrayList<>();
    do {
      at++; // The opening bracket, or a bar.
      List<Argument> choice = sequence();
      choices.add(choice.size() == 1 ? choice.getFirst() : Argument.group("block", choice));
    } while ("|".equals(peek()));
    expect(end);
    return choices.size() == 1 ? choices.getFirst() : Argument.group("oneof", choices);
  }

  private Argument word() {
    String part = parts.get(at++);
    if (!isToken(part)) {
      return value(part);
    }
    String next = peek();
    if ("<".equals(next)) {
      return group(">").after(part);
    }
    if (next != null && !isToken(next) && isWord(next)) {
      at++;
      return value(next).after(part);
    }
    return new Argument(part.toLowerCase(Locale.ROOT), "pure-token", part, false, false, List.of());
  }

  private static Argument value(String part) {
    int colon = part.indexOf(':');
    String name = colon < 0 ? part : part.substring(0, colon);
    String type = colon < 0 ? TYPES.getOrDefault(name, "string") : part.substring(colon + 1);
    return new Argument(name, type, null, false, false, List.of());
  }

  private static boolean isToken(String part) {
    return Character.isUpperCase(part.charAt(0));
  }

  private static boolean isWord(String part) {
    return Character.isLetter(part.charAt(0));
  }

  private @Nullable String peek() {
    return at < parts.size() ? parts.get(at) : null;
  }

  private void expect(String part) {
    if (!part.equals(peek())) {
      throw new IllegalArgumentException("no " + part + " in " + String.join(" ", parts));
    }
    at++;
  }
}
