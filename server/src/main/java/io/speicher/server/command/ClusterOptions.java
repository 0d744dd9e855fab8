package io.speicher.server.command;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a node is told of its cluster.
 *
 * @param name which all nodes share
 * @param bind where it talks with the others; resolved
 * @param peers where the nodes are, this one included; resolved
 * @param copies on how many nodes each item lies
 * @param port where clients reach it, at the host of {@code bind}
 */
public record ClusterOptions(
    String name, InetSocketAddress bind, List<InetSocketAddress> peers, int copies, int port) {}
