package io.speicher.server.command;

import io.speicher.store.Store;

/** Makes a node of a cluster; found by {@link java.util.ServiceLoader} where its jars are. */
public interface ClusterProvider {
  /**
   * Makes a node that has not joined yet.
   *
   * @param store which is the server's, and empty
   */
  Cluster create(ClusterOptions options, Store store);
}
