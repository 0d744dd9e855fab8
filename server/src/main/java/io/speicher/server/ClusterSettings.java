package io.speicher.server;

import io.speicher.server.command.Cluster;
import io.speicher.server.command.ClusterOptions;
import io.speicher.server.command.ClusterProvider;
import io.speicher.server.security.Tls;
import io.speicher.server.security.TlsSettings;
import io.speicher.store.Store;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What settings say of a cluster, checked, and who makes a node of it. */
record ClusterSettings(ClusterOptions options, ClusterProvider provider) {
  private static final String NAME = "[A-Za-z0-9._-]{1,64}";
  private static final int MAX_PORT = 65_535;

  /** What failure detection listens on is so far above the port of a node. */
  private static final int OFFSET = 100;

  /**
   * Returns nothing if there is to be no cluster.
   *
   * @param tls of the server, which its nodes speak too
   * @throws IOException if there cannot be one: the message says why, and what to do
   */
  static Optional<ClusterSettings> of(ServerSettings settings, @Nullable Tls tls)
      throws IOException {
    String name = settings.get(ServerSettings.CLUSTER);
    if (name.equals(SettingType.NONE)) {
      return Optional.empty();
    }
    if (!name.matches(NAME)) {
      throw new IOException(
          "cannot start: --cluster: not a name for a cluster (expected: up to 64 letters, digits, '.',"
              + " '_' and '-')");
    }
    if (settings.port() == 0) {
      throw new IOException(
          "cannot start: --port=0 in a cluster: others have to know the port; say one");
    }
    if (settings.get(ServerSettings.DATA).isPresent()) {
      throw new IOException(
          "cannot start: --data is not available in a cluster: a node begins empty, and gets what it"
              + " owns from the others");
    }
    if (!settings.get(ServerSettings.NAMESPACE).isEmpty()) {
      throw new IOException("cannot start: --namespace is not available in a cluster");
    }
    if (settings.get(ServerSettings.CLUSTER_BIND).equals(SettingType.NONE)) {
      throw new IOException("cannot start: --cluster needs --cluster-bind HOST:PORT");
    }
    InetSocketAddress bind =
        address(ServerSettings.CLUSTER_BIND, settings.get(ServerSettings.CLUSTER_BIND));
    requireIntention(settings, bind);
    List<InetSocketAddress> peers = new ArrayList<>();
    for (String peer : settings.get(ServerSettings.CLUSTER_PEERS)) {
      peers.add(unresolved(ServerSettings.CLUSTER_PEERS, peer));
    }
    int size = settings.get(ServerSettings.CLUSTER_SIZE);
    if (peers.isEmpty()) {
      peers.add(bind);
      size = Math.max(1, size);
    } else if (size == 0) {
      size = count(peers, bind);
    }
    ClusterProvider provider =
        ServiceLoader.load(ClusterProvider.class)
            .findFirst()
            .orElseThrow(() ->
                new IOException(
                    "cannot start: the jars of the cluster are not on the class path: say --cluster on"
                        + " the command line of ./speicher, or set SPEICHER_CLUSTER, instead of"
                        + " in a file"));
    int copies = settings.get(ServerSettings.COPIES);
    return Optional.of(
        new ClusterSettings(
            new ClusterOptions(name, bind, List.copyOf(peers), size, copies, settings.port(), tls),
            provider));
  }

  /** Nodes speak TLS or do not as somebody has said, and not because something is missing. */
  private static void requireIntention(ServerSettings settings, InetSocketAddress bind)
      throws IOException {
    Optional<TlsSettings> tls = settings.tls();
    if (tls.isPresent() && tls.get().authorities().isEmpty()) {
      throw new IOException(
          "cannot start: --tls-cert in a cluster needs --tls-ca: nodes show one another their"
              + " certificates; say with --tls-ca which file has the certificate that has signed them");
    }
    boolean isForOthers = !bind.getAddress().isLoopbackAddress();
    if (isForOthers && tls.isEmpty() && !settings.get(ServerSettings.INSECURE)) {
      throw new IOException(
          "cannot start: others can reach --cluster-bind="
              + settings.get(ServerSettings.CLUSTER_BIND)
              + ", and nodes neither encrypt nor authenticate: have them do so with --tls-cert,"
              + " --tls-key and --tls-ca, or allow it with --insecure in a network that strangers"
              + " cannot reach");
    }
  }

  /**
   * How many nodes the peers are. Where a name may stand for several of them, its addresses do not
   * tell how many there are to be: nodes that are not started yet may have none, and one that
   * counted itself alone would be a cluster of its own.
   */
  private static int count(List<InetSocketAddress> peers, InetSocketAddress bind)
      throws IOException {
    Set<InetSocketAddress> addresses = new LinkedHashSet<>();
    for (InetSocketAddress peer : peers) {
      List<InetSocketAddress> known = addresses(ServerSettings.CLUSTER_PEERS, peer, bind);
      boolean isAlone = peers.size() == 1 && !isAddress(peer, known.getFirst());
      if (known.size() > 1 || isAlone) {
        throw new IOException(
            "cannot start: --cluster-peers: %s may stand for several nodes: say with --cluster-size how many nodes the cluster has"
                .formatted(text(peer)));
      }
      addresses.addAll(known);
    }
    if (!addresses.contains(bind)) {
      throw new IOException(
          "cannot start: --cluster-bind="
              + text(bind)
              + " is none of --cluster-peers, which have to be the same on all nodes");
    }
    return addresses.size();
  }

  /** Whether a peer was given as an address, and not as a name. */
  private static boolean isAddress(InetSocketAddress peer, InetSocketAddress resolved) {
    return peer.getHostString().contains(":")
        || peer.getHostString().equals(resolved.getAddress().getHostAddress());
  }

  private static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  Cluster create(Store store) {
    return provider.create(options, store);
  }

  private static InetSocketAddress address(Setting<?> setting, String text) throws IOException {
    InetSocketAddress address = unresolved(setting, text);
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (resolved.isUnresolved()) {
      throw unknown(setting, address);
    }
    return resolved;
  }

  /** All that a peer has, which is one at least. */
  private static List<InetSocketAddress> addresses(
      Setting<?> setting, InetSocketAddress peer, InetSocketAddress bind) throws IOException {
    List<InetSocketAddress> addresses;
    try {
      addresses = ClusterOptions.addresses(peer, bind.getAddress());
    } catch (UnknownHostException e) {
      throw unknown(setting, peer);
    }
    if (addresses.isEmpty()) {
      throw unknown(setting, peer);
    }
    return addresses;
  }

  private static IOException unknown(Setting<?> setting, InetSocketAddress address) {
    return new IOException(
        "cannot start: "
            + setting.option()
            + ": no address is known of the host in "
            + text(address));
  }

  private static InetSocketAddress unresolved(Setting<?> setting, String text) throws IOException {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port > 0 && port <= MAX_PORT - OFFSET) {
        return InetSocketAddress.createUnresolved(host(text.substring(0, colon)), port);
      }
    } catch (NumberFormatException e) {
      // It is told below.
    }
    throw new IOException(
        "cannot start: %s: '%s' is not HOST:PORT (expected: a port of 1..%d)"
            .formatted(setting.option(), text, MAX_PORT - OFFSET));
  }

  private static String host(String text) {
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }
}
