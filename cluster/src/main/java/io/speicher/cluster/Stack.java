package io.speicher.cluster;

import io.speicher.server.command.ClusterOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.PhysicalAddress;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TP;
import org.jgroups.stack.IpAddress;

/**
 * JGroups' protocols: TCP between a list of peers, and never anything else.
 *
 * <p>Failure detection: a node that is silent for 400 ms is suspected, asked once more for 100 ms,
 * and put out of the cluster. Shorter, and a pause of the machine puts healthy nodes out, each of
 * which costs a transfer of all its items; longer, and clients wait for longer when a node hangs.
 *
 * <p>Flow control has credits of 4 MB: with 300 kB, large values stalled a healthy cluster, its
 * nodes were put out one by one, and acknowledged writes were lost with them.
 *
 * <p>Where nodes speak TLS, all connections do ({@link NodeSockets}). That a process has ended is
 * then noticed by FD_SOCK and not by its successor FD_SOCK2, which uses channels and cannot be
 * encrypted: whoever reaches its port may say that he is a node, has the connection to that one
 * closed, and so makes it suspected; and may announce a message of two gigabytes, for which memory
 * is taken.
 */
final class Stack {
  /** What FD_SOCK2 or FD_SOCK listens on is so far above the port of the node. */
  private static final int OFFSET = 100;

  private Stack() {}

  /** In JGroups' XML, whose parser reads nothing but double quotes. */
  static String xml(ClusterOptions options) {
    InetSocketAddress bind = options.bind();
    String host = bind.getAddress().getHostAddress();
    int port = bind.getPort();
    String transport = options.tls() == null ? "TCP" : NodeTransport.class.getName();
    String ends =
        options.tls() == null
            ? "FD_SOCK2 offset=\"%d\"".formatted(OFFSET)
            : "FD_SOCK start_port=\"%d\"".formatted(port + OFFSET);
    return """
    <config xmlns="urn:org:jgroups">
      <%s bind_addr="%s" bind_port="%d" port_range="0" diag.enabled="false"
           send_buf_size="640k" sock_conn_timeout="200" tcp_nodelay="true"
           bundler_type="transfer-queue" bundler.max_size="64k" use_vthreads="true"/>
      <RED/>
      <io.speicher.cluster.PeerDiscovery initial_hosts="%s" port_range="0"/>
      <MERGE3 min_interval="300" max_interval="900"/>
      <%s bind_addr="%s" port_range="0"/>
      <FD_ALL3 timeout="400" interval="100"/>
      <VERIFY_SUSPECT2 timeout="100" num_msgs="1"/>
      <pbcast.NAKACK2 use_mcast_xmit="false" xmit_interval="200"/>
      <UNICAST3 xmit_interval="200"/>
      <pbcast.STABLE desired_avg_gossip="5000" max_bytes="1M"/>
      <AUTH auth_class="io.speicher.cluster.ClusterToken"/>
      <pbcast.GMS print_local_addr="false" join_timeout="500" view_ack_collection_timeout="500"/>
      <UFC max_credits="4m" min_threshold="0.40"/>
      <MFC max_credits="4m" min_threshold="0.40"/>
      <FRAG4 frag_size="60k"/>
    </config>
    """
        .formatted(transport, host, port, host(bind), ends, host);
  }

  private static String host(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + "[" + address.getPort() + "]";
  }

  /** Looks whether both ports can be had, since JGroups tells it in many lines. */
  static void requireFreePorts(InetSocketAddress bind) throws IOException {
    requireFreePort(bind.getAddress(), bind.getPort(), "--cluster-bind");
    requireFreePort(
        bind.getAddress(),
        bind.getPort() + OFFSET,
        "failure detection, --cluster-bind + " + OFFSET);
  }

  private static void requireFreePort(InetAddress address, int port, String what)
      throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new IOException(
          "cannot start: cannot listen on %s:%d (%s): %s"
              .formatted(address.getHostAddress(), port, what, e.getMessage()),
          e);
    }
  }

  /** A configuration that JGroups cannot read is replaced by one that sends multicast. */
  static void requireTcp(JChannel channel, ClusterOptions options) throws IOException {
    InetSocketAddress bind = options.bind();
    TP transport = channel.getProtocolStack().getTransport();
    boolean isEncrypted = transport.getSocketFactory() instanceof NodeSockets;
    boolean isTcp = transport instanceof TCP && isEncrypted == (options.tls() != null);
    PhysicalAddress physical =
        (PhysicalAddress) channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, channel.getAddress()));
    boolean isThere =
        physical instanceof IpAddress ip
            && ip.getIpAddress().equals(bind.getAddress())
            && ip.getPort() == bind.getPort();
    if (!isTcp || !isThere) {
      throw new IOException(
          "cannot start: JGroups does not use what it was told: transport=%s address=%s (expected: TCP %s)"
              .formatted(transport.getName(), physical, host(bind)));
    }
  }
}
