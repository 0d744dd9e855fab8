package io.speicher.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.infinispan.factories.ComponentRegistry;

/**
 * Asks another node which topology of the cache it knows: an {@code Integer}, see {@link Fence}.
 */
final class TopologyQuery extends NodeRequest {
  @Override
  public CompletionStage<?> invokeAsync(ComponentRegistry registry) {
    return CompletableFuture.completedFuture(
        registry.getDistributionManager().getCacheTopology().getTopologyId());
  }
}
