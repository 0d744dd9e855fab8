package io.speicher.cli.repl;

import io.speicher.cli.repl.CommandDocs.Entry;
import java.util.ArrayList;
import java.util.List;

/** What {@code help} says in a shell: of the shell, of a group of commands, of one command. */
final class HelpText {
  private final CommandDocs docs;

  HelpText(CommandDocs docs) {
    this.docs = docs;
  }

  /**
   * The lines of an answer.
   *
   * @param subject the words after {@code help}
   */
  List<String> of(List<String> subject) {
    if (subject.isEmpty()) {
      return general();
    }
    if (docs.isEmpty()) {
      return List.of(
          "The server does not describe its commands: COMMAND DOCS is not there for you.");
    }
    if (subject.get(0).startsWith("@")) {
      return group(subject.get(0).substring(1));
    }
    Entry entry = docs.find(subject);
    if (entry == null) {
      return List.of("No such command: " + String.join(" ", subject) + ". Tab shows all of them.");
    }
    return command(entry);
  }

  private List<String> general() {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "  COMMAND [ARGUMENT]...  executes a command; Tab completes it",
                "  help COMMAND           explains a command",
                "  help @GROUP            lists the commands of a group",
                "  clear                  clears the screen",
                "  exit                   ends, as does Ctrl-D",
                "  Ctrl-C                 ends a command that takes too long, or MONITOR"));
    if (!docs.isEmpty()) {
      lines.add("Groups: @" + String.join(" @", docs.groups()));
    }
    return lines;
  }

  private List<String> group(String group) {
    List<Entry> entries = docs.ofGroup(group);
    if (entries.isEmpty()) {
      return List.of("No such group: @" + group + ". Groups: @" + String.join(" @", docs.groups()));
    }
    int width = entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
    return entries.stream()
        .map(entry -> "  " + padded(entry.name(), width) + "  " + entry.summary())
        .toList();
  }

  private List<String> command(Entry entry) {
    List<String> lines = new ArrayList<>();
    lines.add("  " + entry.usage());
    addUnlessEmpty(lines, "  ", entry.summary());
    addUnlessEmpty(lines, "  Time:  ", entry.complexity());
    boolean isOfRedis = entry.since().matches("\\d.*");
    addUnlessEmpty(lines, isOfRedis ? "  Since: Redis " : "  Since: ", entry.since());
    addUnlessEmpty(lines, "  Group: @", entry.group());
    List<String> subcommands = docs.namesWith(entry.name() + " ");
    if (!subcommands.isEmpty()) {
      lines.add("  Subcommands: " + String.join(", ", subcommands));
    }
    return lines;
  }

  private static void addUnlessEmpty(List<String> lines, String title, String text) {
    if (!text.isEmpty()) {
      lines.add(title + text);
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
