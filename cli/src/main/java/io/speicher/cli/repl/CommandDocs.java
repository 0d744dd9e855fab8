package io.speicher.cli.repl;

import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of its commands: COMMAND DOCS or, before Redis 7, the names that COMMAND has.
 */
final class CommandDocs {

  /**
   * A command or, as {@code CONFIG GET}, a subcommand.
   *
   * @param name in upper case
   */
  record Entry(
      String name,
      List<Argument> arguments,
      String summary,
      String since,
      String group,
      String complexity) {
    /** The name and the arguments. */
    String usage() {
      return arguments.isEmpty() ? name : name + " " + Argument.syntax(arguments);
    }

    /** The words of the syntax that are typed as they are: {@code EX}. */
    List<String> options() {
      return arguments.stream().flatMap(Argument::tokens).toList();
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
        docs.entries.put(name, new Entry(name, List.of(), "", "", "", ""));
      }
    }
    return docs;
  }

  private void add(String name, RespReply doc) {
    String shown = name.replace('|', ' ').toUpperCase(Locale.ROOT);
    entries.put(
        shown,
        new Entry(
            shown,
            doc.field("arguments").elements().stream().map(Argument::of).toList(),
            doc.field("summary").text(),
            doc.field("since").text(),
            doc.field("group").text(),
            doc.field("complexity").text()));
    doc.field("subcommands").map().forEach(this::add);
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
