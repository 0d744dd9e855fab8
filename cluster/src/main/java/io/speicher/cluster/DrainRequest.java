package io.speicher.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.infinispan.factories.ComponentRegistry;

/**
 * Asks the coordinator to let the node that asks own nothing: a {@code String}, why that cannot be,
 * or an empty one. See {@link NodeWeights}.
 */
final class DrainRequest extends NodeRequest {
  @Override
  public CompletionStage<?> invokeAsync(ComponentRegistry registry) {
    return CompletableFuture.completedFuture(InfinispanCluster.current().letGo(getOrigin()));
  }
}
