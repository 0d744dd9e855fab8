package io.speicher.cluster;

import io.speicher.server.command.Cluster;
import io.speicher.server.command.ClusterOptions;
import io.speicher.server.command.ClusterProvider;
import io.speicher.store.Store;

/** Makes the node that this process is. */
public final class InfinispanProvider implements ClusterProvider {
  @Override
  public Cluster create(ClusterOptions options, Store store) {
    return InfinispanCluster.of(options, store);
  }
}
