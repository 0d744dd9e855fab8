package io.speicher.bench.history;

import java.io.IOException;

/** What lies between nodes, if it can be cut. Clients reach all nodes in any case. */
public interface Network {
  /** What a node sends to another one gets lost from now on, without a sign. Nodes are numbers. */
  void cut(int from, int to) throws IOException, InterruptedException;

  /** Nothing gets lost any more. */
  void heal() throws IOException, InterruptedException;
}
