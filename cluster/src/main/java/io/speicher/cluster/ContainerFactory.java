package io.speicher.cluster;

import org.infinispan.factories.DataContainerFactory;
import org.jspecify.annotations.Nullable;

/** Takes the place of Infinispan's factory; its own caches get what they always got. */
final class ContainerFactory extends DataContainerFactory {
  @Override
  public @Nullable Object construct(String componentName) {
    return configuration.clustering().hash().keyPartitioner() instanceof SlotPartitioner
        ? InfinispanCluster.current().newContainer()
        : super.construct(componentName);
  }
}
