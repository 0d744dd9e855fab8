package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher cluster status}: whether a cluster answers, and how much of it is there. */
@Command(
    name = "status",
    description = {
      "Print whether the cluster answers for keys, as one of its nodes sees it.",
      "The exit status is 1 if it does not."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher cluster status",
      "  speicher cluster status --json           one JSON object",
      "",
      "Segments with too few copies get them within seconds, where there are nodes enough.",
    })
final class ClusterStatusCommand extends RespCommand {
  @Option(names = "--json", order = 1, description = "Print one JSON object.")
  private boolean json;

  ClusterStatusCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    ServerInfo cluster = ServerInfo.of(server.ask("CLUSTER", "INFO").text(), System.nanoTime());
    ServerInfo node = ServerInfo.read(server, "cluster");
    boolean isOk = cluster.text("cluster_state").equals("ok");
    if (json) {
      shell
          .out()
          .println(
              new JsonObject()
                  .add("name", cluster.text("cluster_name"))
                  .add("state", cluster.text("cluster_state"))
                  .add("nodes", node.number("cluster_nodes"))
                  .add("peers", node.number("cluster_peers"))
                  .add("copies", node.number("cluster_copies"))
                  .add("slots_answered", cluster.number("cluster_slots_ok"))
                  .add("segments_with_too_few_copies", node.number("cluster_lonely_segments"))
                  .add("topology", node.number("cluster_topology")));
    } else {
      Table table = new Table("cluster", cluster.text("cluster_name"));
      table.add("state", isOk ? "ok" : "does not answer: too few nodes are together");
      table.add("nodes", node.text("cluster_nodes") + " of " + node.text("cluster_peers"));
      table.add("copies", node.text("cluster_copies"));
      table.add("slots answered for", cluster.text("cluster_slots_ok"));
      table.add("segments with too few copies", node.text("cluster_lonely_segments"));
      table.add("topology", node.text("cluster_topology"));
      table.print(shell);
    }
    return isOk ? ExitCode.OK : NOT_DONE;
  }
}
