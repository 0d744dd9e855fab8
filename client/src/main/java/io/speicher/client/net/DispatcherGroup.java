package io.speicher.client.net;

import io.speicher.client.backend.Feature;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one server. Each key belongs to one of them, so that the commands of one
 * thread for one key keep their order; what has no key takes the one with the least to do.
 */
final class DispatcherGroup {
  private final List<Dispatcher> dispatchers;

  /**
   * @param dispatchers at least one
   */
  DispatcherGroup(List<Dispatcher> dispatchers) {
    this.dispatchers = List.copyOf(dispatchers);
  }

  List<Dispatcher> all() {
    return dispatchers;
  }

  Dispatcher choose(@Nullable ByteBuffer key) {
    int count = dispatchers.size();
    if (count == 1) {
      return dispatchers.get(0);
    }
    if (key != null) {
      return dispatchers.get(Math.floorMod(key.hashCode(), count));
    }
    Dispatcher idlest = dispatchers.get(0);
    for (Dispatcher dispatcher : dispatchers) {
      idlest = dispatcher.pendingBytes() < idlest.pendingBytes() ? dispatcher : idlest;
    }
    return idlest;
  }

  Dispatcher next(Dispatcher dispatcher) {
    return dispatchers.get((dispatchers.indexOf(dispatcher) + 1) % dispatchers.size());
  }

  boolean contains(Dispatcher dispatcher) {
    return dispatchers.contains(dispatcher);
  }

  boolean knows(Feature feature) {
    return dispatchers.stream().allMatch(dispatcher -> dispatcher.knows(feature));
  }

  /** The one server that those of them are connected to that are, or null. */
  @Nullable String connectedServer() {
    String server = null;
    for (Dispatcher dispatcher : dispatchers) {
      String own = dispatcher.connectedServer();
      if (server != null && own != null && !own.equals(server)) {
        return null;
      }
      server = own == null ? server : own;
    }
    return server;
  }
}
