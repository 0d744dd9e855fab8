package io.speicher.cli;

import io.speicher.cli.console.Shell;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code speicher completion}: prints what makes a shell complete commands and options. */
@Command(
    name = "completion",
    description = "Print a script that makes a shell complete commands and options.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(speicher completion bash)       for this shell; in ~/.bashrc, for all",
      "  source <(speicher completion zsh)        for this shell; in ~/.zshrc, for all",
      "  speicher completion fish | source        for this shell; in config.fish, for all",
    })
final class CompletionCommand implements Callable<Integer> {
  /** The shells; their names are what is typed. */
  private enum Target {
    bash,
    zsh,
    fish
  }

  private final Shell shell;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  private Target target = Target.bash;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // For picocli alone.
  private boolean help;

  CompletionCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    shell
        .out()
        .print(
            switch (target) {
              case bash -> AutoComplete.bash("speicher", root);
              // Where the shell looks it up by this line, it need not be sourced.
              case zsh -> "#compdef speicher\n" + AutoComplete.bash("speicher", root);
              case fish -> FishCompletion.of(root);
            });
    return ExitCode.OK;
  }
}
