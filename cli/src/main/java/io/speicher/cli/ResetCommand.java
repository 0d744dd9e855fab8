package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher reset}: deletes everything. */
@Command(
    name = "reset",
    description = "Delete every item of the server, whoever stored it.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher reset                           asks first, on a terminal",
      "  speicher reset --yes                     does not ask, for scripts",
      "",
      "Prints nothing. Exits with 1 if the answer is not yes."
    })
final class ResetCommand extends ClientCommand {
  private static final Set<String> AGREED = Set.of("y", "yes");

  @Option(names = "--yes", order = 1, description = "Do not ask.")
  private boolean yes;

  ResetCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Speicher client) throws IOException {
    if (!yes && !isConfirmed()) {
      say("nothing was deleted");
      return NOT_DONE;
    }
    client.cache("", Codec.string()).clear();
    return ExitCode.OK;
  }

  private boolean isConfirmed() throws IOException {
    if (!shell.isTerminal()) {
      throw wrong("without a terminal nobody can be asked: reset needs --yes");
    }
    shell.err().print("Delete every item of " + connection.server() + "? [y/N] ");
    shell.err().flush();
    String answer =
        new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8)).readLine();
    return answer != null && AGREED.contains(answer.strip().toLowerCase(Locale.ROOT));
  }
}
