/**
 * A node of a cluster, on Infinispan embedded: membership, placement, replication and rebalancing
 * are Infinispan's, the items lie in our store, and what commands mean is the server's. A process
 * is one node. {@link io.speicher.cluster.InfinispanCluster} is where to begin.
 */
@NullMarked
package io.speicher.cluster;

import org.jspecify.annotations.NullMarked;
