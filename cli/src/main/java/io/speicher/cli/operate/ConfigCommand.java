package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code speicher config}: the settings of a server that runs. */
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
public final class ConfigCommand extends CommandGroup {
  private ConfigCommand() {}

  /** The command with its subcommands. */
  public static CommandLine of(Shell shell) {
    return new CommandLine(new ConfigCommand())
        .addSubcommand(new ConfigGetCommand(shell))
        .addSubcommand(new ConfigSetCommand(shell));
  }
}
