package io.speicher.cluster;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.ClusterCacheStatus;
import org.infinispan.topology.ClusterTopologyManager;
import org.infinispan.topology.ClusterTopologyManagerImpl;

/**
 * What part of the items each node is to own, as the coordinator knows it: 1, or 0 for a node that
 * hands over what it has. To be used on the coordinator alone.
 */
final class NodeWeights {

  /*
   * Infinispan calls them capacity factors. A node says its own when it joins, and there is no way
   * to say another one later: it would have to leave, and its copies would be missing until others
   * have made new ones; with one copy they would be lost. So they are changed where the coordinator keeps
   * them, in private fields, by reflection, as its own code does: a new map, under its lock. The
   * rebalancing that follows is Infinispan's, which lets a node own its segments until others have
   * received them. A coordinator that takes over does not know; whoever hands over asks again.
   */
  private static final String STATUS_OF_CACHES = "cacheStatusMap";
  private static final String FACTORS = "capacityFactors";
  private static final String LOCK = "lock";

  private final ClusterTopologyManager topologies;

  NodeWeights(ClusterTopologyManager topologies) {
    this.topologies = topologies;
  }

  /**
   * Lets a node own nothing, unless too few others would be left.
   *
   * @param needed how many others there have to be that do not hand over themselves
   * @return whether that is so
   */
  boolean letGo(Address node, List<Address> members, int needed) {
    ClusterCacheStatus status = status();
    ReentrantLock lock = (ReentrantLock) read(ClusterCacheStatus.class, LOCK, status);
    boolean isAllowed;
    boolean isNew;
    lock.lock();
    try {
      Map<Address, Float> factors = new HashMap<>(status.getCapacityFactors());
      long others =
          members.stream()
              .filter(member -> !member.equals(node) && factors.getOrDefault(member, 0f) > 0)
              .count();
      isAllowed = others >= needed;
      float factor = isAllowed ? 0 : 1;
      Float before = factors.put(node, factor);
      isNew = before == null || before != factor;
      if (isNew) {
        write(status, Map.copyOf(factors));
      }
    } finally {
      lock.unlock();
    }
    if (isNew) {
      topologies.forceRebalance(InfinispanCluster.CACHE);
    }
    return isAllowed;
  }

  private ClusterCacheStatus status() {
    Map<?, ?> all =
        (Map<?, ?>) read(ClusterTopologyManagerImpl.class, STATUS_OF_CACHES, topologies);
    Object status = all.get(InfinispanCluster.CACHE);
    if (status == null) {
      throw new IllegalStateException("this node does not coordinate");
    }
    return (ClusterCacheStatus) status;
  }

  private static Object read(Class<?> type, String name, Object of) {
    try {
      return field(type, name).get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another release of Infinispan: no " + name, e);
    }
  }

  private static void write(ClusterCacheStatus status, Map<Address, Float> factors) {
    try {
      field(ClusterCacheStatus.class, FACTORS).set(status, factors);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another release of Infinispan: no " + FACTORS, e);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
