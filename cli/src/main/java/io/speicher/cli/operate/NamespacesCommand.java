package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Printable;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher namespaces}: what is in each declared prefix of keys, and what is done to it. */
@Command(
    name = "namespaces",
    description = "Print the namespaces of the server and what it has counted of each.",
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher namespaces",
      "  speicher namespaces --json               a JSON object a line",
      "  speicher clear --namespace users:        removes the items of one",
      "",
      "A namespace is a declared prefix of keys: --namespace of speicher server, or SPEICHER",
      "NAMESPACE CREATE while it runs.",
    })
public final class NamespacesCommand extends RespCommand {
  @Option(names = "--json", order = 1, description = "Print a JSON object a line.")
  private boolean json;

  public NamespacesCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    Table table =
        new Table("namespace", ">items", ">memory", ">hit ratio", ">sets", ">evicted", ">expired");
    for (RespReply namespace : server.ask("SPEICHER", "NAMESPACE", "LIST").elements()) {
      Map<String, RespReply> figures = new TreeMap<>(namespace.map());
      if (json) {
        shell.out().println(json(figures));
      } else {
        table.add(row(figures));
      }
    }
    return json ? ExitCode.OK : print(table, "no namespace is declared");
  }

  private static String[] row(Map<String, RespReply> figures) {
    long hits = figures.get("hits").number();
    long reads = hits + figures.get("misses").number();
    return new String[] {
      Printable.text(figures.get("namespace").bytes()),
      Units.count(figures.get("items").number()),
      Units.bytes(figures.get("bytes").number()),
      reads == 0 ? "-" : Units.percent((double) hits / reads),
      Units.count(figures.get("sets").number()),
      Units.count(figures.get("evicted").number()),
      Units.count(figures.get("expired").number())
    };
  }

  private static JsonObject json(Map<String, RespReply> figures) {
    JsonObject object = new JsonObject();
    figures.forEach((name, value) -> {
      if (name.equals("namespace")) {
        object.add(name, value.text());
      } else {
        object.add(name.replace('-', '_'), value.number());
      }
    });
    return object;
  }
}
