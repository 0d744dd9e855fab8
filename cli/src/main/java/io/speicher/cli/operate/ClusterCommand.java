package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code speicher cluster}: several servers that are one cache. Alone, it shows what there is. */
@Command(
    name = "cluster",
    description = "Print how a cluster is, and what its nodes do.",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher cluster status                  exits with 1 if the node does not answer for keys",
      "  speicher cluster nodes",
      "",
      "Any node can be asked.",
    })
public final class ClusterCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  private ClusterCommand() {}

  /** The command with its subcommands. */
  public static CommandLine of(Shell shell) {
    return new CommandLine(new ClusterCommand())
        .addSubcommand(new ClusterStatusCommand(shell))
        .addSubcommand(new ClusterNodesCommand(shell));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.OK;
  }
}
