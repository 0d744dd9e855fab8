package io.speicher.cli.operate;

import io.speicher.cli.console.JsonObject;
import io.speicher.cli.console.Shell;
import io.speicher.cli.console.Table;
import io.speicher.cli.console.Units;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.RespReply;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code speicher cluster nodes}: what each node of a cluster owns and does. */
@Command(
    name = "nodes",
    description = {
      "Print the nodes of the cluster, and what each of them owns and does.",
      "Each node is asked where its clients reach it."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher cluster nodes",
      "  speicher cluster nodes --json            a JSON object a line",
      "",
      "A node decides the writes of its slots, and keeps the copies of others'. It receives",
      "segments after it has joined, or another one has left. It stalls when it has slept so",
      "long that it asks the others before it reads.",
    })
final class ClusterNodesCommand extends RespCommand {
  @Option(names = "--json", order = 1, description = "Print a JSON object a line.")
  private boolean json;

  ClusterNodesCommand(Shell shell) {
    super(shell);
  }

  /** How many slots a node has. */
  private static final class Slots {
    long primary;
    long copies;
  }

  @Override
  protected int run(RespConnection server) throws IOException {
    List<ClusterNode> nodes = ClusterNode.all(server);
    Map<String, Slots> slots = slots(server.ask("CLUSTER", "SLOTS"));
    Table table =
        new Table(
            "node",
            "state",
            ">slots",
            ">copies",
            ">items",
            ">memory",
            ">commands/s",
            ">receiving",
            ">stalls");
    for (ClusterNode node : nodes) {
      Slots own = slots.getOrDefault(node.id(), new Slots());
      ServerInfo info = node.isMyself() ? info(server) : info(node);
      if (json) {
        shell.out().println(json(node, own, info));
      } else {
        table.add(row(node, own, info));
      }
    }
    if (!json) {
      table.print(shell);
    }
    return ExitCode.OK;
  }

  /** By the ids of nodes: each range has its owners behind its bounds, the primary first. */
  private static Map<String, Slots> slots(RespReply ranges) {
    Map<String, Slots> slots = new HashMap<>();
    for (RespReply range : ranges.elements()) {
      long count = range.element(1).number() - range.element(0).number() + 1;
      for (int i = 2; i < range.elements().size(); i++) {
        Slots own = slots.computeIfAbsent(range.element(i).element(2).text(), id -> new Slots());
        if (i == 2) {
          own.primary += count;
        } else {
          own.copies += count;
        }
      }
    }
    return slots;
  }

  private static ServerInfo info(RespConnection server) throws IOException {
    return ServerInfo.read(server, "cluster", "keyspace", "memory", "stats");
  }

  /** What another node says, or null if it does not answer. */
  private @Nullable ServerInfo info(ClusterNode node) {
    try (RespConnection other = connection.connectResp(node.host(), node.port())) {
      return info(other);
    } catch (IOException e) {
      say(node.address() + " does not answer: " + e.getMessage());
      return null;
    }
  }

  private static String state(@Nullable ServerInfo info) {
    if (info == null) {
      return "does not answer";
    }
    return info.text("cluster_available").equals("1") ? "ok" : "without a majority";
  }

  private static String[] row(ClusterNode node, Slots slots, @Nullable ServerInfo info) {
    return new String[] {
      node.address(),
      state(info),
      Long.toString(slots.primary),
      Long.toString(slots.copies),
      info == null ? "-" : Units.count(info.keys()),
      Units.bytes(number(info, "used_memory")),
      info == null ? "-" : Units.count(number(info, "instantaneous_ops_per_sec")),
      info == null ? "-" : info.text("cluster_transfer_segments"),
      info == null ? "-" : info.text("cluster_stalls")
    };
  }

  private static double number(@Nullable ServerInfo info, String field) {
    return info == null ? Double.NaN : info.number(field);
  }

  private static JsonObject json(ClusterNode node, Slots slots, @Nullable ServerInfo info) {
    return new JsonObject()
        .add("id", node.id())
        .add("host", node.host())
        .add("port", node.port())
        .add("state", state(info))
        .add("primary_slots", slots.primary)
        .add("copied_slots", slots.copies)
        .add("items", info == null ? Double.NaN : info.keys())
        .add("used_bytes", number(info, "used_memory"))
        .add("commands_per_second", number(info, "instantaneous_ops_per_sec"))
        .add("receiving_segments", number(info, "cluster_transfer_segments"))
        .add("stalls", number(info, "cluster_stalls"));
  }
}
