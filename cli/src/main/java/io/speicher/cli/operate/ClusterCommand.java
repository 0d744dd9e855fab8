package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code speicher cluster}: several servers that are one cache. */
@Command(
    name = "cluster",
    description = "Print how a cluster is and what its nodes do, or take a node out of it.",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher cluster status                  exits with 1 if the node does not answer for keys",
      "  speicher cluster nodes",
      "  speicher cluster drain --host 10.0.0.3   takes this node out, and stops it",
      "",
      "Any node can be asked. Only the one that is connected to is drained.",
    })
public final class ClusterCommand extends CommandGroup {
  private ClusterCommand() {}

  /** The command with its subcommands. */
  public static CommandLine of(Shell shell) {
    return new CommandLine(new ClusterCommand())
        .addSubcommand(new ClusterStatusCommand(shell))
        .addSubcommand(new ClusterNodesCommand(shell))
        .addSubcommand(new ClusterDrainCommand(shell));
  }
}
