package io.speicher.cli.repl;

import static java.util.Objects.requireNonNull;

import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of its commands: COMMAND DOCS or, before Redis 7, the names that COMMAND has.
 */
final class CommandDocs {

  /**
   * A command or, as {@code CONFIG GET}, a subcommand.
   *
   * @param name in upper case
   * @param arguments their syntax: {@code key}, {@code [EX seconds | PX milliseconds]}
   * @param options the words of the syntax that are typed as they are: {@code EX}
   */
  record Entry(
      String name,
      List<String> arguments,
      String summary,
      String since,
      String group,
      String complexity,
      List<String> options) {
    /** The name and the arguments. */
    String usage() {
      return arguments.isEmpty() ? name : name + " " + String.join(" ", arguments);
    }

    /** The syntax of what is still to be typed after so many arguments. */
    String rest(int typed) {
      int from = 0;
      while (from < Math.min(typed, arguments.size()) && !isOpen(arguments.get(from))) {
        from++;
      }
      return String.join(" ", arguments.subList(from, arguments.size()));
    }

    /** Whether it may be left out or be there several times: what follows it is anywhere. */
    private static boolean isOpen(String argument) {
      return argument.endsWith("]");
    }
  }

  private final NavigableMap<String, Entry> entries = new TreeMap<>();

  /** Knows no command. */
  CommandDocs() {}

  /** Asks a server; one that does not say anything leaves this without a command. */
  static CommandDocs read(RespConnection server) throws IOException {
    CommandDocs docs = new CommandDocs();
    RespReply reply = server.call("COMMAND", "DOCS");
    if (!reply.isError()) {
      reply.map().forEach((name, doc) -> docs.add(name, doc));
      return docs;
    }
    RespReply names = server.call("COMMAND");
    for (RespReply command : names.elements()) {
      if (!command.elements().isEmpty()) {
        String name = command.elements().get(0).text().toUpperCase(Locale.ROOT);
        docs.entries.put(name, new Entry(name, List.of(), "", "", "", "", List.of()));
      }
    }
    return docs;
  }

  private void add(String name, RespReply doc) {
    Map<String, RespReply> fields = doc.map();
    String shown = name.replace('|', ' ').toUpperCase(Locale.ROOT);
    List<RespReply> arguments =
        fields.containsKey("arguments")
            ? requireNonNull(fields.get("arguments")).elements()
            : List.of();
    List<String> options = new ArrayList<>();
    arguments.forEach(argument -> collectOptions(argument.map(), options));
    entries.put(
        shown,
        new Entry(
            shown,
            arguments.stream().map(argument -> syntax(argument.map())).toList(),
            text(fields, "summary"),
            text(fields, "since"),
            text(fields, "group"),
            text(fields, "complexity"),
            options));
    RespReply subcommands = fields.get("subcommands");
    if (subcommands != null) {
      subcommands.map().forEach(this::add);
    }
  }

  private static String text(Map<String, RespReply> fields, String name) {
    RespReply field = fields.get(name);
    return field == null ? "" : field.text();
  }

  // The syntax of an argument, as the pages of Redis write it.

  private static String syntax(Map<String, RespReply> argument) {
    String type = text(argument, "type");
    String token = text(argument, "token");
    RespReply inner = argument.get("arguments");
    List<String> flags =
        argument.containsKey("flags") ? requireNonNull(argument.get("flags")).texts() : List.of();
    boolean isOptional = flags.contains("optional");
    String value =
        switch (type) {
          case "pure-token" -> "";
          case "oneof" -> join(inner, " | ");
          case "block" -> join(inner, " ");
          default ->
              argument.containsKey("display_text")
                  ? text(argument, "display_text")
                  : text(argument, "name");
        };
    boolean isChoice = type.equals("oneof");
    if (isChoice && (!isOptional || !token.isEmpty())) {
      value = "<" + value + ">";
    }
    String whole = token.isEmpty() ? value : value.isEmpty() ? token : token + " " + value;
    if (flags.contains("multiple")) {
      whole += " [" + (flags.contains("multiple_token") ? whole : value) + " ...]";
    }
    return isOptional ? "[" + whole + "]" : whole;
  }

  private static String join(@Nullable RespReply arguments, String separator) {
    return arguments == null
        ? ""
        : arguments.elements().stream()
            .map(argument -> syntax(argument.map()))
            .collect(Collectors.joining(separator));
  }

  private static void collectOptions(Map<String, RespReply> argument, List<String> options) {
    String token = text(argument, "token");
    if (!token.isEmpty()) {
      options.add(token);
    }
    RespReply inner = argument.get("arguments");
    if (inner != null) {
      inner.elements().forEach(each -> collectOptions(each.map(), options));
    }
  }

  // What is asked of it.

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** The subcommand or command that these words begin with, or null. */
  @Nullable Entry find(List<String> words) {
    if (words.isEmpty()) {
      return null;
    }
    String first = words.get(0).toUpperCase(Locale.ROOT);
    Entry subcommand =
        words.size() == 1 ? null : entries.get(first + " " + words.get(1).toUpperCase(Locale.ROOT));
    return subcommand == null ? entries.get(first) : subcommand;
  }

  /** The names that begin so, in any case: of commands, or after a space of subcommands. */
  List<String> namesWith(String prefix) {
    String upper = prefix.toUpperCase(Locale.ROOT);
    return entries.subMap(upper, true, upper + Character.MAX_VALUE, true).keySet().stream()
        .filter(name -> name.indexOf(' ', upper.length()) < 0)
        .toList();
  }

  /** The commands of a group, such as {@code string}. */
  List<Entry> ofGroup(String group) {
    return entries.values().stream()
        .filter(entry -> entry.group().equalsIgnoreCase(group))
        .toList();
  }

  List<String> groups() {
    return entries.values().stream()
        .map(Entry::group)
        .filter(group -> !group.isEmpty())
        .distinct()
        .sorted()
        .toList();
  }
}
