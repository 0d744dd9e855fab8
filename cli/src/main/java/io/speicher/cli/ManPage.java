package io.speicher.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The manual page of a command, in the language of man(7): made of the same text as its help, so
 * neither can say what the other does not.
 *
 * <p>A line of the help's footer that ends with a colon and is not indented begins a section;
 * indented lines keep their form; other lines are running text.
 */
final class ManPage {
  private static final int SECTION = 1;

  private final CommandSpec command;
  private final String version;
  private final StringBuilder page = new StringBuilder();
  private boolean isIndented;

  private ManPage(CommandLine command, String version) {
    this.command = command.getCommandSpec();
    this.version = version;
  }

  /** The page of a command. */
  static String of(CommandLine command, String version) {
    return new ManPage(command, version).text();
  }

  /** The name of the page, as man(1) is given it: {@code speicher-get}. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** The name of its file. */
  static String fileName(CommandSpec command) {
    return name(command) + "." + SECTION;
  }

  private String text() {
    UsageMessageSpec usage = command.usageMessage();
    String summary = String.format(String.join(" ", usage.description()));
    String name = name(command);
    line(
        ".TH "
            + name.toUpperCase(Locale.ROOT)
            + " "
            + SECTION
            + " \"\" \"Speicher "
            + version
            + "\" \"Speicher\"");
    section("NAME");
    line(escaped(name) + " \\- " + escaped(summary.replaceFirst("\\.$", "")));
    section("SYNOPSIS");
    for (String part :
        new CommandLine.Help(command, CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .synopsis(0)
            .split("\n", -1)) {
      if (!part.isBlank()) {
        line(escaped(part.strip()));
      }
    }
    section("DESCRIPTION");
    line(escaped(summary));
    arguments("ARGUMENTS", command.positionalParameters());
    arguments("OPTIONS", command.options());
    subcommands();
    footer(usage);
    seeAlso();
    return page.toString();
  }

  private void arguments(String title, List<? extends ArgSpec> arguments) {
    List<? extends ArgSpec> shown = arguments.stream().filter(each -> !each.hidden()).toList();
    if (shown.isEmpty()) {
      return;
    }
    section(title);
    for (ArgSpec argument : shown) {
      line(".TP");
      line("\\fB" + escaped(title(argument)) + "\\fR");
      for (String text : argument.description()) {
        line(escaped(String.format(text)));
      }
    }
  }

  private static String title(ArgSpec argument) {
    if (argument instanceof OptionSpec option) {
      String names = String.join(", ", option.names());
      return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
    }
    return argument.paramLabel();
  }

  private void subcommands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    command
        .subcommands()
        .forEach((name, subcommand) -> {
          line(".TP");
          line("\\fB" + escaped(name) + "\\fR");
          line(escaped(summary(subcommand)));
        });
  }

  private static String summary(CommandLine subcommand) {
    UsageMessageSpec usage = subcommand.getCommandSpec().usageMessage();
    return String.format((usage.header().length > 0 ? usage.header() : usage.description())[0]);
  }

  private void footer(UsageMessageSpec usage) {
    footerLine(String.format(usage.footerHeading()).strip());
    for (String text : usage.footer()) {
      footerLine(String.format(text));
    }
    indent(false);
  }

  private void footerLine(String text) {
    if (text.isEmpty()) {
      indent(false);
      line(".PP");
    } else if (text.startsWith(" ")) {
      indent(true);
      line(escaped(text));
    } else {
      indent(false);
      if (text.endsWith(":")) {
        section(text.substring(0, text.length() - 1).toUpperCase(Locale.ROOT));
      } else {
        line(escaped(text));
      }
    }
  }

  /** Within lines that keep their form, or not any more. */
  private void indent(boolean keepsForm) {
    if (isIndented != keepsForm) {
      line(keepsForm ? ".nf" : ".fi");
      isIndented = keepsForm;
    }
  }

  private void seeAlso() {
    section("SEE ALSO");
    CommandSpec parent = command.parent();
    if (parent != null) {
      line("\\fB" + escaped(name(parent)) + "\\fR(" + SECTION + ")");
    } else {
      line("Each command has a page of its own:");
      line("\\fB" + escaped("speicher-COMMAND") + "\\fR(" + SECTION + ")");
    }
  }

  private void section(String title) {
    line(".SH " + title);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  /** A line of text, of which nothing is taken for a request of roff. */
  private static String escaped(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
