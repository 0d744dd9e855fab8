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
      if (json) {
        shell.out().println(json(new TreeMap<>(namespace.map())));
      } else {
        table.add(row(namespace));
      }
    }
    return json ? ExitCode.OK : print(table, "no namespace is declared");
  }

  private static String[] row(RespReply figures) {
    long hits = figures.field("hits").number();
    long reads = hits + figures.field("misses").number();
    return new String[] {
      Printable.text(figures.field("namespace").bytes()),
      Units.count(figures.field("items").number()),
      Units.bytes(figures.field("bytes").number()),
      reads == 0 ? "-" : Units.percent((double) hits / reads),
      Units.count(figures.field("sets").number()),
      Units.count(figures.field("evicted").number()),
      Units.count(figures.field("expired").number())
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
