package io.speicher.bench.history;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for each node, on a bridge in this process's own. Needs Linux and root, and
 * that this process has a namespace of its own, in which it may do what it likes ({@code unshare
 * --net}).
 *
 * <p>A way is cut by a false hardware address of the other node: what is sent gets to nobody, and
 * nothing says so. The other way, and clients, are not touched.
 */
final class NamespaceNetwork implements Network, AutoCloseable {
  private static final String SUBNET = "10.213.0.";
  private static final String NOBODY = "02:00:00:00:00:ff";

  private final List<String> namespaces = new ArrayList<>();
  private final List<int[]> cuts = new ArrayList<>();

  static NamespaceNetwork of(int nodes) throws IOException, InterruptedException {
    NamespaceNetwork network = new NamespaceNetwork();
    try {
      Commands.run("ip", "link", "set", "lo", "up");
      Commands.run("ip", "link", "add", "nodes", "type", "bridge");
      Commands.run("ip", "address", "add", SUBNET + "254/24", "dev", "nodes");
      Commands.run("ip", "link", "set", "nodes", "up");
      for (int node = 0; node < nodes; node++) {
        network.add(node);
      }
      return network;
    } catch (IOException | InterruptedException e) {
      network.close();
      throw e;
    }
  }

  private void add(int node) throws IOException, InterruptedException {
    String name = "speicher-history-%d-%d".formatted(ProcessHandle.current().pid(), node);
    String link = "node" + node;
    Commands.run("ip", "netns", "add", name);
    namespaces.add(name);
    Commands.run("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", name);
    Commands.run("ip", "link", "set", link, "master", "nodes", "up");
    Commands.run("ip", "-n", name, "address", "add", host(node) + "/24", "dev", "eth0");
    Commands.run("ip", "-n", name, "link", "set", "lo", "up");
    Commands.run("ip", "-n", name, "link", "set", "eth0", "up");
  }

  String host(int node) {
    return SUBNET + (node + 1);
  }

  /** What has to stand before a command for it to run where a node is. */
  List<String> prefix(int node) {
    return List.of("ip", "netns", "exec", namespaces.get(node));
  }

  @Override
  public void cut(int from, int to) throws IOException, InterruptedException {
    cuts.add(new int[] {from, to});
    neighbour("replace", from, to, "lladdr", NOBODY, "nud", "permanent");
  }

  @Override
  public void heal() throws IOException, InterruptedException {
    for (int[] cut : cuts) {
      neighbour("delete", cut[0], cut[1]);
    }
    cuts.clear();
  }

  private void neighbour(String verb, int from, int to, String... more)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("ip", "-n", namespaces.get(from)));
    words.addAll(List.of("neighbour", verb, host(to), "dev", "eth0"));
    words.addAll(List.of(more));
    Commands.run(words.toArray(String[]::new));
  }

  /** The rest ends with this process's own namespace. */
  @Override
  public void close() throws IOException {
    try {
      for (String name : namespaces) {
        Commands.run("ip", "netns", "delete", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted: network namespaces are left");
    }
  }
}
