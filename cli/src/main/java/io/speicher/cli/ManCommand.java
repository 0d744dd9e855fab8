package io.speicher.cli;

import static java.util.Objects.requireNonNull;

import io.speicher.cli.console.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code speicher man}: prints manual pages, or writes all of them. */
@Command(
    name = "man",
    description = "Print the manual page of a command, or write all pages.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher man get | man -l -              reads one",
      "  speicher man --directory /usr/local/share/man/man1",
      "                                           writes all of them, for man speicher-get",
    })
final class ManCommand implements Callable<Integer> {
  private final Shell shell;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description =
          "Which command (default: speicher itself), or speicher.toml, the configuration file.")
  private List<String> words = List.of();

  @Option(
      names = "--directory",
      paramLabel = "DIRECTORY",
      order = 1,
      description = "Print nothing, and write all pages here.")
  private @Nullable Path directory;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 2,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  ManCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine root = spec.root().commandLine();
    if (directory != null) {
      if (!words.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "--directory takes all pages: leave out COMMAND");
      }
      Files.createDirectories(directory);
      for (CommandLine command : withSubcommands(root)) {
        Files.writeString(
            directory.resolve(ManPage.fileName(command.getCommandSpec())), page(command));
      }
      return ExitCode.OK;
    }
    if (words.equals(List.of(ManPage.SETTINGS))) {
      CommandLine server = requireNonNull(root.getSubcommands().get("server"));
      shell.out().print(ManPage.ofSettings(server, VersionCommand.version()));
      return ExitCode.OK;
    }
    CommandLine command = root;
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next == null) {
        throw new ParameterException(
            spec.commandLine(), "unknown command '" + word + "'; see speicher --help");
      }
      command = next;
    }
    shell.out().print(page(command));
    return ExitCode.OK;
  }

  private static String page(CommandLine command) {
    return ManPage.of(command, VersionCommand.version());
  }

  /** A command and all below it. */
  static List<CommandLine> withSubcommands(CommandLine command) {
    List<CommandLine> all = new ArrayList<>(List.of(command));
    command.getSubcommands().values().forEach(each -> all.addAll(withSubcommands(each)));
    return all;
  }
}
