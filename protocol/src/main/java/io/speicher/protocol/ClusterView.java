package io.speicher.protocol;

import java.util.List;

/**
 * A cluster as one of its nodes sees it.
 *
 * @param name what all nodes call it
 * @param isAvailable whether this node answers for keys: it is with the majority
 * @param epoch grows with each change of who owns what
 * @param nodes of which this one is the one that says so
 * @param ranges all slots, in their order, without gaps; none before the node has joined
 */
public record ClusterView(
    String name, boolean isAvailable, int epoch, List<Node> nodes, List<Range> ranges) {

  /**
   * A node.
   *
   * @param id 40 hexadecimal digits
   * @param host where clients reach it
   * @param busPort where the other nodes do; 0 if that is not told
   * @param isMyself whether it is the node that was asked
   */
  public record Node(String id, String host, int port, int busPort, boolean isMyself) {}

  /**
   * Slots that have the same owners.
   *
   * @param owners indexes of {@link ClusterView#nodes}, the primary first
   */
  public record Range(int firstSlot, int lastSlot, List<Integer> owners) {}
}
