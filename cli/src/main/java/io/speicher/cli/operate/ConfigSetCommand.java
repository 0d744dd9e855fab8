package io.speicher.cli.operate;

import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code speicher config set}: changes what a server does while it runs. */
@Command(
    name = "set",
    description = "Change settings while the server runs: CONFIG SET.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher config set slowlog-log-slower-than 1000 slowlog-max-len 500",
      "",
      "Either all changes are made or none. They last until the server stops.",
    })
final class ConfigSetCommand extends RespCommand {
  @Parameters(
      paramLabel = "NAME VALUE",
      arity = "2..*",
      description = "A setting and its new value, and so on.")
  private List<String> words = List.of();

  ConfigSetCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected void checkOptions() {
    if (words.size() % 2 != 0) {
      throw wrong("each setting needs a value: words=" + words.size() + " (expected: pairs)");
    }
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    List<String> command = new ArrayList<>(List.of("CONFIG", "SET"));
    command.addAll(words);
    server.ask(command.toArray(String[]::new));
    return ExitCode.OK;
  }
}
