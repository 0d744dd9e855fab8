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

  /** Files, as against commands. */
  private static final int SECTION_OF_FILES = 5;

  private static final String PARAGRAPH = ".PP\n";

  /** What the page about the settings is called, as the file is. */
  static final String SETTINGS = "speicher.toml";

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

  /**
   * The page of the configuration file: its keys are the settings of the server, which has an
   * option of the same name for each.
   */
  static String ofSettings(CommandLine server, String version) {
    return new ManPage(server, version).settings();
  }

  private String settings() {
    title(SETTINGS, SECTION_OF_FILES);
    section("NAME");
    line(SETTINGS + " \\- settings of a Speicher server");
    section("SYNOPSIS");
    line("\\fB" + escaped("speicher server --config " + SETTINGS) + "\\fR");
    section("DESCRIPTION");
    line("A file in TOML, of which each line is a key and its value, or a comment:");
    line(".PP");
    indent(true);
    line(escaped("  memory = \"2gb\""));
    line(escaped("  idle-timeout = \"5m\""));
    indent(false);
    line(".PP");
    line("An option of the same name wins over the file, and so does an environment variable:");
    line(escaped("--idle-timeout and SPEICHER_IDLE_TIMEOUT."));
    line("A key that is not known, or a value that makes no sense, stops the start.");
    section("KEYS");
    for (OptionSpec option : command.options()) {
      if (option.userObject() == null) { // The others are about the command and not the server.
        line(".TP");
        line(
            "\\fB"
                + escaped(option.longestName().substring("--".length()))
                + "\\fR = "
                + escaped(option.paramLabel()));
        for (String text : option.description()) {
          line(escaped(plain(text)));
        }
      }
    }
    section("SEE ALSO");
    line("\\fB" + escaped(name(command)) + "\\fR(" + SECTION + ")");
    return page.toString();
  }

  private void title(String name, int section) {
    line(
        ".TH "
            + name.toUpperCase(Locale.ROOT)
            + " "
            + section
            + " \""
            + VersionCommand.date()
            + "\" \"Speicher "
            + version
            + "\" \"Speicher\"");
  }

  private String text() {
    UsageMessageSpec usage = command.usageMessage();
    String summary = plain(String.join(" ", usage.description()));
    String name = name(command);
    title(name, SECTION);
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
        line(escaped(plain(text)));
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
    return plain((usage.header().length > 0 ? usage.header() : usage.description())[0]);
  }

  private void footer(UsageMessageSpec usage) {
    footerLine(plain(usage.footerHeading()).strip());
    for (String text : usage.footer()) {
      footerLine(plain(text));
    }
    indent(false);
  }

  private void footerLine(String text) {
    if (text.isEmpty()) {
      indent(false);
      paragraph();
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
    if (endsWith(PARAGRAPH)) { // A section is one anyway.
      page.setLength(page.length() - PARAGRAPH.length());
    }
    line(".SH " + title);
  }

  private void paragraph() {
    if (!endsWith(PARAGRAPH)) {
      page.append(PARAGRAPH);
    }
  }

  private boolean endsWith(String text) {
    return page.lastIndexOf(text) == page.length() - text.length();
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  /**
   * A text as help shows it, where it is a format without arguments. One with a single "%" is shown
   * as it is: picocli has unfolded it already.
   */
  static String plain(String text) {
    return text.replace("%n", "\n").replace("%%", "%");
  }

  /** A line of text, of which nothing is taken for a request of roff. */
  private static String escaped(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
