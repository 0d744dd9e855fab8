package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher config get}: the settings that a server has. */
@Command(
    name = "get",
    description = "Print settings: CONFIG GET.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher config get                      all settings",
      "  speicher config get 'slowlog*' 'max*'    those that match",
    })
final class ConfigGetCommand extends RespCommand {
  @Parameters(
      paramLabel = "PATTERN",
      arity = "0..*",
      description = "Which settings to print (default: all of them).")
  private List<String> patterns = List.of("*");

  @Option(names = "--json", order = 1, description = "Print one JSON object.")
  private boolean json;

  ConfigGetCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    Map<String, RespReply> settings = new TreeMap<>();
    for (String pattern : patterns) { // Before Redis 7, CONFIG GET took one.
      settings.putAll(server.ask("CONFIG", "GET", pattern).map());
    }
    if (settings.isEmpty()) {
      say("no setting matches " + String.join(" ", patterns));
      return NOT_DONE;
    }
    if (json) {
      JsonObject object = new JsonObject();
      settings.forEach((name, value) -> object.add(name, value.text()));
      shell.out().println(object);
      return ExitCode.OK;
    }
    Table table = new Table("setting", "value");
    settings.forEach((name, value) -> table.add(name, Printable.text(value.bytes())));
    table.print(shell);
    return ExitCode.OK;
  }
}
