package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code speicher info}: what the server says of itself. */
@Command(
    name = "info",
    description = "Print what the server says of itself: INFO.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher info                            all that is short",
      "  speicher info memory clients             two sections",
      "  speicher info all | grep cmdstat_        how often each command was executed",
      "  speicher info --json stats               {\"evicted_keys\":0, ...",
    })
public final class InfoCommand extends RespCommand {
  @Parameters(
      paramLabel = "SECTION",
      arity = "0..*",
      description = "What to print, such as server, memory, stats, commandstats or all.")
  private List<String> sections = List.of();

  @Option(names = "--json", order = 1, description = "Print one JSON object of all fields.")
  private boolean json;

  public InfoCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    String[] words = new String[sections.size() + 1];
    words[0] = "INFO";
    for (int i = 0; i < sections.size(); i++) {
      words[i + 1] = sections.get(i);
    }
    String text = server.ask(words).text();
    ServerInfo info = ServerInfo.of(text, System.nanoTime());
    if (text.isBlank()) {
      say("the server has no such section: " + String.join(" ", sections));
      return NOT_DONE;
    }
    if (json) {
      JsonObject object = new JsonObject();
      info.fields()
          .forEach((name, value) -> {
            if (value.matches("-?(0|[1-9]\\d{0,17})(\\.\\d+)?")) {
              object.addJson(name, value);
            } else {
              object.add(name, value);
            }
          });
      shell.out().println(object);
      return ExitCode.OK;
    }
    text.lines().map(Printable::text).forEach(shell.out()::println);
    return ExitCode.OK;
  }
}
