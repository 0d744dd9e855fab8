package io.speicher.cluster;

import java.util.concurrent.CompletionStage;
import org.infinispan.factories.ComponentRegistry;

/**
 * Asks another node about the keys that it tells of: the bytes of a {@link KeyPage}, or none if it
 * knows another topology, or may not answer now.
 */
final class KeysRequest extends NodeRequest {
  final KeysQuery query;

  KeysRequest(KeysQuery query) {
    this.query = query;
  }

  @Override
  public CompletionStage<?> invokeAsync(ComponentRegistry registry) {
    return InfinispanCluster.current().ownPage(query);
  }
}
