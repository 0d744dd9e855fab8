package io.speicher.cli.operate;

import io.speicher.cli.console.Progress;
import io.speicher.cli.console.Shell;
import io.speicher.cli.resp.RespConnection;
import io.speicher.cli.resp.ServerErrorException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** {@code speicher cluster drain}: takes a node out of a cluster, without losing a copy. */
@Command(
    name = "drain",
    description = {
      "Have a node hand over what it owns to the others, and stop it then.",
      "The exit status is 1 if it stays, or if copies are missing afterwards."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  speicher cluster drain --host 10.0.0.3",
      "",
      "The node that is connected to is drained. It answers meanwhile, but its /health/ready is",
      "503. It refuses if the others would be no majority of the peers. The others need the",
      "memory for what it has, or evict. It goes on if this command is interrupted.",
    })
final class ClusterDrainCommand extends RespCommand {
  private static final long LOOK_MILLIS = 200;

  ClusterDrainCommand(Shell shell) {
    super(shell);
  }

  @Override
  protected int run(RespConnection server) throws IOException, InterruptedException {
    List<ClusterNode> nodes = ClusterNode.all(server);
    List<ClusterNode> others = nodes.stream().filter(node -> !node.isMyself()).toList();
    server.ask("SPEICHER", "DRAIN");
    if (!isGone(server, others)) {
      say("the node stays, and owns what it did: see its log");
      return NOT_DONE;
    }
    for (ClusterNode other : others) {
      ServerInfo info = info(other);
      if (info != null) {
        shell
            .out()
            .println(
                "drained: nodes=%s of %s, segments with too few copies=%s"
                    .formatted(
                        info.text("cluster_nodes"),
                        info.text("cluster_peers"),
                        info.text("cluster_lonely_segments")));
        return info.text("cluster_lonely_segments").equals("0") ? ExitCode.OK : NOT_DONE;
      }
    }
    say("the node has ended, and no other one answers");
    return NOT_DONE;
  }

  /** Waits until the node ends, or until it does not hand over any more. */
  private boolean isGone(RespConnection server, List<ClusterNode> others)
      throws IOException, InterruptedException {
    try (Progress progress = new Progress(shell)) {
      while (true) {
        ServerInfo info = ServerInfo.read(server, "cluster");
        if (!info.text("cluster_draining").equals("1")) {
          return false;
        }
        progress.show(
            "handing over %s segments; the others wait for %.0f"
                .formatted(info.text("cluster_owned_segments"), waitedFor(others)));
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (ServerErrorException e) {
      throw e;
    } catch (IOException e) {
      return true; // Its connections end when it has left.
    }
  }

  /** How many segments the others still wait for, as far as they answer. */
  private double waitedFor(List<ClusterNode> others) {
    double sum = 0;
    for (ClusterNode other : others) {
      ServerInfo info = info(other);
      sum += info == null ? 0 : info.number("cluster_transfer_segments");
    }
    return sum;
  }

  /** What another node says, or null if it does not answer. */
  private @Nullable ServerInfo info(ClusterNode node) {
    try (RespConnection other = connection.connectResp(node.host(), node.port())) {
      return ServerInfo.read(other, "cluster");
    } catch (IOException e) {
      return null;
    }
  }
}
