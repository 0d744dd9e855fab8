package io.speicher.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What makes fish complete commands and options: a line for each. See complete(1) of fish, which
 * has no notion of commands: a condition tells which words have been typed.
 */
final class FishCompletion {
  private final StringBuilder script = new StringBuilder();

  private FishCompletion() {}

  static String of(CommandLine root) {
    FishCompletion completion = new FishCompletion();
    completion.script.append("# Completions of speicher for fish.\ncomplete -c speicher -f\n");
    completion.add(root, "");
    return completion.script.toString();
  }

  /**
   * @param condition what holds once this command has been typed; nothing for the root
   */
  private void add(CommandLine command, String condition) {
    Map<String, CommandLine> subcommands = command.getSubcommands();
    String begins =
        subcommands.isEmpty()
            ? condition
            : and(
                condition,
                "not __fish_seen_subcommand_from " + String.join(" ", subcommands.keySet()));
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        add(option, begins);
      }
    }
    subcommands.forEach((name, subcommand) -> {
      line(begins, "-a " + name, summary(subcommand.getCommandSpec()));
      add(subcommand, and(condition, "__fish_seen_subcommand_from " + name));
    });
  }

  private void add(OptionSpec option, String condition) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? "-l " : "-s ").append(name.replaceFirst("^--?", ""));
      names.append(' ');
    }
    // A path may follow where a value has to.
    names.append(option.arity().min() > 0 ? "-r -F" : "");
    String[] description = option.description();
    line(condition, names.toString().strip(), description.length == 0 ? "" : description[0]);
  }

  private static String summary(CommandSpec command) {
    String[] header = command.usageMessage().header();
    return (header.length > 0 ? header : command.usageMessage().description())[0];
  }

  private void line(String condition, String what, String description) {
    List<String> sentences = List.of(ManPage.plain(description).split("(?<=\\.) ", 2));
    script.append("complete -c speicher ");
    if (!condition.isEmpty()) {
      script.append("-n ").append(quoted(condition)).append(' ');
    }
    script.append(what).append(" -d ").append(quoted(sentences.get(0))).append('\n');
  }

  private static String and(String first, String second) {
    return first.isEmpty() ? second : first + "; and " + second;
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
