package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher clients}: who is connected. */
@Command(
    name = "clients",
    description = "Print the connections: CLIENT LIST.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher clients                         a line for each, the busiest first",
      "  speicher clients --json                  all fields of each, a JSON object a line",
      "  speicher shell client kill id 5          ends one of them",
    })
public final class ClientsCommand extends RespCommand {
  @Option(names = "--json", order = 1, description = "Print a JSON object a line.")
  private boolean json;

  public ClientsCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    List<Map<String, String>> clients = clients(server.ask("CLIENT", "LIST").text());
    if (json) {
      clients.forEach(client -> shell.out().println(json(client)));
      return ExitCode.OK;
    }
    table(clients).print(shell);
    return ExitCode.OK;
  }

  /** What CLIENT LIST says: a line for each connection, of fields by name. */
  static List<Map<String, String>> clients(String text) {
    return text.lines().filter(line -> !line.isBlank()).map(ClientsCommand::fields).toList();
  }

  private static Map<String, String> fields(String line) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : line.split(" ", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }

  private static Table table(List<Map<String, String>> clients) {
    Table table =
        new Table(">id", "address", "user", "name", ">age", ">idle", ">memory", "last command");
    clients.stream()
        .sorted((a, b) -> Long.compare(number(a, "idle"), number(b, "idle")))
        .forEach(client ->
            table.add(
                text(client, "id"),
                text(client, "addr"),
                text(client, "user"),
                text(client, "name"),
                Units.seconds(number(client, "age")),
                Units.seconds(number(client, "idle")),
                Units.bytes(number(client, "tot-mem")),
                text(client, "cmd").replace('|', ' ')));
    return table;
  }

  private static String json(Map<String, String> client) {
    JsonObject object = new JsonObject();
    client.forEach((name, value) -> {
      if (value.matches("-?(0|[1-9]\\d{0,17})")) {
        object.addJson(name, value);
      } else {
        object.add(name, value);
      }
    });
    return object.toString();
  }

  private static String text(Map<String, String> client, String field) {
    return Printable.text(client.getOrDefault(field, ""));
  }

  private static long number(Map<String, String> client, String field) {
    String text = client.getOrDefault(field, "");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
