package io.speicher.cli;

import io.speicher.cli.console.Shell;
import io.speicher.client.Speicher;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** {@code speicher del}: deletes items. */
@Command(
    name = "del",
    description = "Delete the values under keys.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher del greeting",
      "  speicher del user:1 user:2 user:3",
      "",
      "Prints nothing but a note about each key that was not there. Exits with 1 if none was."
    })
final class DelCommand extends ClientCommand {
  @Parameters(arity = "1..*", paramLabel = "KEY", description = "The keys.")
  private List<String> keys = List.of();

  DelCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Speicher client) {
    int deleted = 0;
    for (String key : keys) {
      if (client.delete(key)) {
        deleted++;
      } else {
        say("no such key: " + key);
      }
    }
    return deleted == 0 ? NOT_DONE : ExitCode.OK;
  }
}
