package io.speicher.cluster;

/**
 * Where a walk through the keys of all nodes goes on. Clients are given it as a number, whose bits
 * are, the highest first:
 *
 * <pre>
 *  topology (13) | node and one (7) | position (44)
 * </pre>
 *
 * So it is 0, which begins a walk and ends it, for no place. A walk that rests while there are
 * exactly 8,192 changes of the topology, or a multiple of that, does not notice them.
 *
 * @param topology the lowest bits of its id
 * @param node an index of {@link Tellers#nodes}, or -1 at the beginning
 * @param position a cursor of the node's store: 44 bits are enough for 16 million tables, more than
 *     32 TB
 */
record WalkCursor(int topology, int node, long position) {
  private static final int TOPOLOGY_BITS = 13;
  private static final int NODE_BITS = 7;
  private static final int POSITION_BITS = 44;

  WalkCursor {
    if (position < 0 || position >>> POSITION_BITS != 0) {
      throw new IllegalArgumentException("position out of bounds: bits=" + POSITION_BITS);
    }
  }

  /** Where a walk begins in a topology. */
  static WalkCursor first(int topologyId) {
    return new WalkCursor(bits(topologyId, TOPOLOGY_BITS), 0, 0);
  }

  /** Any number is one, if not of this cluster. */
  static WalkCursor of(long number) {
    return new WalkCursor(
        (int) (number >>> (NODE_BITS + POSITION_BITS)),
        bits((int) (number >>> POSITION_BITS), NODE_BITS) - 1,
        number & ((1L << POSITION_BITS) - 1));
  }

  private static int bits(int number, int count) {
    return number & ((1 << count) - 1);
  }

  long number() {
    return ((long) topology << (NODE_BITS + POSITION_BITS))
        | ((node + 1L) << POSITION_BITS)
        | position;
  }

  /** Whether it leads on where these nodes tell of keys. */
  boolean isWithin(Tellers<?> tellers) {
    return topology == bits(tellers.topologyId(), TOPOLOGY_BITS)
        && node >= 0
        && node < tellers.nodes().size();
  }

  /** The same node, further on; 0 leads to the next one. */
  WalkCursor to(long newPosition) {
    return new WalkCursor(topology, newPosition == 0 ? node + 1 : node, newPosition);
  }
}
