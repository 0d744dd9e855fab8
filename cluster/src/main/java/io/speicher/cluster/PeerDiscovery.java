package io.speicher.cluster;

import java.util.ArrayList;
import java.util.List;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCPPING;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.Responses;

/**
 * Asks the peers who is in the cluster, as {@link TCPPING} does, but looks up their names each
 * time: a name may stand for several nodes, which come and go. JGroups makes it, by its name in
 * {@link Stack}, and asks when this node joins and, as long as it runs, for other parts of the
 * cluster.
 */
public final class PeerDiscovery extends TCPPING {
  public PeerDiscovery() {
    id = ClassConfigurator.getProtocolId(TCPPING.class); // By which its messages are known.
  }

  @Override
  public void findMembers(List<Address> members, boolean isInitial, Responses responses) {
    List<PhysicalAddress> peers = new ArrayList<>();
    InfinispanCluster.current()
        .options()
        .peerAddresses()
        .forEach(peer -> peers.add(new IpAddress(peer.getAddress(), peer.getPort())));
    setInitialHosts2(peers);
    super.findMembers(members, isInitial, responses);
  }
}
