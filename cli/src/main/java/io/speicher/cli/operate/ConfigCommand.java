package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code speicher config}: the settings of a server that runs. Alone, it shows what there is. */
@Command(
    name = "config",
    description = "Print settings of the server, or change them while it runs.",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher config get 'slowlog*'",
      "  speicher config set slowlog-max-len 500",
      "",
      "Settings have the names that Redis gives them.",
    })
public final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private ConfigCommand() {}

  /** The command with its subcommands. */
  public static CommandLine of(Shell shell) {
    return new CommandLine(new ConfigCommand())
        .addSubcommand(new ConfigGetCommand(shell))
        .addSubcommand(new ConfigSetCommand(shell));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
