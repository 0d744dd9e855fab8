package io.speicher.cluster;

import static java.util.Objects.requireNonNull;

import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * TCP whose connections speak TLS, as do those of the protocols above it. JGroups makes it, by its
 * name in {@link Stack}.
 */
public final class NodeTransport extends TCP {
  public NodeTransport() {
    id = ClassConfigurator.getProtocolId(TCP.class); // By which its messages are known.
  }

  @Override
  public void init() throws Exception {
    setSocketFactory(new NodeSockets(requireNonNull(InfinispanCluster.current().tls())));
    super.init();
  }
}
