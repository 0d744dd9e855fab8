package io.speicher.cli.operate;

import io.speicher.cli.resp.RespConnection;
import java.io.IOException;
import java.util.List;

/** A node of a cluster, as the one that was asked knows it. */
record ClusterNode(String id, String host, int port, boolean isMyself) {
  private static final int ADDRESS = 1;
  private static final int FLAGS = 2;

  /** All that a node knows, itself included. */
  static List<ClusterNode> all(RespConnection server) throws IOException {
    return server.ask("CLUSTER", "NODES").text().lines().map(ClusterNode::of).toList();
  }

  /** A line of CLUSTER NODES. */
  private static ClusterNode of(String line) {
    String[] words = line.split(" ", -1);
    String address = words[ADDRESS].substring(0, words[ADDRESS].indexOf('@'));
    int colon = address.lastIndexOf(':');
    return new ClusterNode(
        words[0],
        address.substring(0, colon),
        Integer.parseInt(address.substring(colon + 1)),
        words[FLAGS].contains("myself"));
  }

  String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
