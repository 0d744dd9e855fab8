package io.speicher.cluster;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.remoting.transport.Address;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that have to be asked for all keys, so that each key is told by one of them. They are
 * the same, in the same order, on all nodes that know a topology.
 *
 * @param nodes as many as there are segments at the most
 */
record Tellers<N>(int topologyId, List<N> nodes) {
  Tellers {
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("no node has any segment");
    }
  }

  static Tellers<Address> of(LocalizedCacheTopology topology) {
    Set<Address> nodes = new LinkedHashSet<>();
    for (int i = 0; i < SlotPartitioner.SEGMENTS; i++) {
      Address node = of(topology.getSegmentDistribution(i));
      if (node != null) {
        nodes.add(node);
      }
    }
    return new Tellers<>(topology.getTopologyId(), List.copyOf(nodes));
  }

  /**
   * Who tells of the keys of a segment: its primary owner, or a backup while that one has not
   * received them; null if nobody has any.
   */
  static @Nullable Address of(DistributionInfo segment) {
    List<Address> readOwners = segment.readOwners();
    if (readOwners.contains(segment.primary())) {
      return segment.primary();
    }
    return readOwners.isEmpty() ? null : readOwners.getFirst();
  }
}
