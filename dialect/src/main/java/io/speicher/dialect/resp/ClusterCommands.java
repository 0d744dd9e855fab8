package io.speicher.dialect.resp;

import io.speicher.dialect.resp.CommandSpec.Keys;
import io.speicher.protocol.ClusterView;
import io.speicher.protocol.ClusterView.Node;
import io.speicher.protocol.ClusterView.Range;
import io.speicher.protocol.Command;
import io.speicher.protocol.KeySlot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * CLUSTER and its subcommands, in the forms of Redis 7. Each node is a master of the slots whose
 * primary owner it is, and is shown as a replica of the slots that it keeps a copy of where a reply
 * is about slots; where it is about nodes, all of them are masters.
 */
final class ClusterCommands {
  private static final CommandSpec.Group GROUP = new CommandSpec.Group("cluster");
  private static final String PLAIN = "loading stale";

  /** In the words of Redis. */
  private static final String INVALID_SLOT = "ERR Invalid slot";

  private static final String INVALID_SLOT_OR_COUNT = "ERR Invalid slot or number of keys";

  static final List<CommandSpec> ALL =
      List.of(
          GROUP.container(
              "cluster",
              "3.0.0",
              "Tells of the nodes of a cluster.",
              cluster(
                  "slots",
                  2,
                  "3.0.0",
                  "Tells which nodes own which slots.",
                  r -> view(r, ClusterCommands::slots)),
              cluster(
                  "shards",
                  2,
                  "7.0.0",
                  "Tells which slots each node is the primary owner of.",
                  r -> view(r, ClusterCommands::shards)),
              cluster(
                  "nodes",
                  2,
                  "3.0.0",
                  "Tells of each node in a line.",
                  r -> view(r, (view, out) -> out.verbatim(nodes(view)))),
              cluster(
                  "info",
                  2,
                  "3.0.0",
                  "Tells how the cluster is.",
                  r -> view(r, (view, out) -> out.verbatim(info(view)))),
              cluster(
                  "myid",
                  2,
                  "3.0.0",
                  "Tells the id of the node.",
                  r -> view(r, (view, out) -> out.bulk(myself(view).id()))),
              cluster(
                  "keyslot key",
                  3,
                  "3.0.0",
                  "Tells which slot a key belongs to.",
                  r -> {
                    int slot = KeySlot.of(r.bytes(2));
                    return r.answer(Spelling.done(out -> out.integer(slot)));
                  }),
              search(
                  "countkeysinslot slot",
                  3,
                  "Counts the keys of a slot that the node has, copies included.",
                  r ->
                      r.answer(new Command.CountKeysInSlot(slot(r, INVALID_SLOT)), Spelling.COUNT)),
              search(
                  "getkeysinslot slot count",
                  4,
                  "Gives keys of a slot that the node has, copies included.",
                  ClusterCommands::keysInSlot)),
          GROUP.command(
              "readonly",
              1,
              PLAIN + " fast @connection",
              Keys.NONE,
              "3.0.0",
              "O(1)",
              "Does nothing: every node answers for every key.",
              r -> view(r, (view, out) -> out.ok())),
          GROUP.command(
              "readwrite",
              1,
              PLAIN + " fast @connection",
              Keys.NONE,
              "3.0.0",
              "O(1)",
              "Does nothing: every node answers for every key.",
              r -> view(r, (view, out) -> out.ok())));

  private ClusterCommands() {}

  private static CommandSpec cluster(
      String name, int arity, String since, String summary, CommandSpec.Parser parser) {
    return GROUP.command(
        "cluster|" + name, arity, PLAIN, Keys.NONE, since, "O(N)", summary, parser);
  }

  /** What goes through all items of the node. */
  private static CommandSpec search(
      String name, int arity, String summary, CommandSpec.Parser parser) {
    return GROUP.command(
        "cluster|" + name,
        arity,
        "stale @scan " + TransactionCommands.LONG,
        Keys.NONE,
        "3.0.0",
        "O(N), N items of the node",
        summary,
        parser);
  }

  private static int slot(Request request, String error) {
    long slot = request.integer(2);
    if (slot < 0 || slot >= KeySlot.SLOTS) {
      throw new RefusedException(error);
    }
    return (int) slot;
  }

  private static Command keysInSlot(Request request) {
    int slot = slot(request, INVALID_SLOT_OR_COUNT);
    long count = request.integer(3);
    if (count < 0) {
      throw new RefusedException(INVALID_SLOT_OR_COUNT);
    }
    return request.answer(new Command.FindKeysInSlot(slot, count), KeyCommands.KEYS);
  }

  private static Command view(Request request, BiConsumer<ClusterView, RespWriter> spelling) {
    return request.answer(new Command.DescribeCluster(), Spelling.cluster(spelling));
  }

  private static Node myself(ClusterView view) {
    return view.nodes().stream().filter(Node::isMyself).findFirst().orElseThrow();
  }

  private static void slots(ClusterView view, RespWriter out) {
    out.array(view.ranges().size());
    for (Range range : view.ranges()) {
      out.array(2 + range.owners().size());
      out.integer(range.firstSlot());
      out.integer(range.lastSlot());
      for (int owner : range.owners()) {
        Node node = view.nodes().get(owner);
        out.array(3);
        out.bulk(node.host());
        out.integer(node.port());
        out.bulk(node.id());
      }
    }
  }

  /** The ranges that a node is the primary owner of, those in a row as one. */
  private static List<Range> ranges(ClusterView view, int node) {
    List<Range> ranges = new ArrayList<>();
    for (Range range : view.ranges()) {
      if (range.owners().isEmpty() || range.owners().getFirst() != node) {
        continue;
      }
      int first = range.firstSlot();
      if (!ranges.isEmpty() && ranges.getLast().lastSlot() == first - 1) {
        first = ranges.removeLast().firstSlot();
      }
      ranges.add(new Range(first, range.lastSlot(), List.of(node)));
    }
    return ranges;
  }

  private static void shards(ClusterView view, RespWriter out) {
    out.array(view.nodes().size());
    for (int i = 0; i < view.nodes().size(); i++) {
      List<Range> ranges = ranges(view, i);
      Node node = view.nodes().get(i);
      out.map(2);
      out.bulk("slots");
      out.array(2 * ranges.size());
      for (Range range : ranges) {
        out.integer(range.firstSlot());
        out.integer(range.lastSlot());
      }
      out.bulk("nodes");
      out.array(1);
      out.map(7);
      out.bulk("id");
      out.bulk(node.id());
      out.bulk("port");
      out.integer(node.port());
      out.bulk("ip");
      out.bulk(node.host());
      out.bulk("endpoint");
      out.bulk(node.host());
      out.bulk("role");
      out.bulk("master");
      out.bulk("replication-offset");
      out.integer(0);
      out.bulk("health");
      out.bulk("online");
    }
  }

  private static String nodes(ClusterView view) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < view.nodes().size(); i++) {
      Node node = view.nodes().get(i);
      text.append(node.id())
          .append(' ')
          .append(node.host())
          .append(':')
          .append(node.port())
          .append('@')
          .append(node.busPort())
          .append(node.isMyself() ? " myself,master" : " master")
          .append(" - 0 0 ")
          .append(view.epoch())
          .append(" connected");
      for (Range range : ranges(view, i)) {
        text.append(' ').append(range.firstSlot());
        if (range.lastSlot() != range.firstSlot()) {
          text.append('-').append(range.lastSlot());
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String info(ClusterView view) {
    int slots = view.ranges().isEmpty() ? 0 : KeySlot.SLOTS;
    int ok = view.isAvailable() ? slots : 0;
    return """
    cluster_enabled:1
    cluster_name:%s
    cluster_state:%s
    cluster_slots_assigned:%d
    cluster_slots_ok:%d
    cluster_slots_pfail:0
    cluster_slots_fail:%d
    cluster_known_nodes:%d
    cluster_size:%d
    cluster_current_epoch:%d
    cluster_my_epoch:%d
    """
        .formatted(
            view.name(),
            view.isAvailable() ? "ok" : "fail",
            slots,
            ok,
            slots - ok,
            view.nodes().size(),
            view.nodes().size(),
            view.epoch(),
            view.epoch())
        .replace("\n", "\r\n");
  }
}
