package io.speicher.server.command;

import io.speicher.server.security.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told of its cluster.
 *
 * @param name which all nodes share
 * @param bind where it talks with the others; resolved
 * @param peers where the nodes are, as was configured; not resolved, since a name may get other
 *     addresses
 * @param size how many nodes there are to be: a majority of them has to be together
 * @param copies on how many nodes each item lies
 * @param port where clients reach it, at the host of {@code bind}
 * @param tls what this node shows the others and asks them for; null where nodes speak in plain
 */
public record ClusterOptions(
    String name,
    InetSocketAddress bind,
    List<InetSocketAddress> peers,
    int size,
    int copies,
    int port,
    @Nullable Tls tls) {

  /** How many of the nodes have to be together. */
  public int majority() {
    return size / 2 + 1;
  }

  /**
   * Where the peers are now: each address that a name has is one. A name without an address is left
   * out. Waits for the name service, if Java has not asked it lately.
   */
  public Set<InetSocketAddress> peerAddresses() {
    Set<InetSocketAddress> addresses = new LinkedHashSet<>();
    for (InetSocketAddress peer : peers) {
      try {
        addresses.addAll(addresses(peer, bind.getAddress()));
      } catch (UnknownHostException e) {
        // A node that is not started yet may have none.
      }
    }
    return addresses;
  }

  /**
   * The addresses of a peer, of the same version of the Internet Protocol as another address: so
   * that one node does not count twice.
   *
   * @throws UnknownHostException if there is no address at all
   */
  public static List<InetSocketAddress> addresses(InetSocketAddress peer, InetAddress like)
      throws UnknownHostException {
    return Stream.of(InetAddress.getAllByName(peer.getHostString()))
        .filter(address -> address.getAddress().length == like.getAddress().length)
        .map(address -> new InetSocketAddress(address, peer.getPort()))
        .distinct()
        .toList();
  }
}
