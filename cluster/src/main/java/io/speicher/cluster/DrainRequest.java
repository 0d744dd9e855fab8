package io.speicher.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.infinispan.commands.remote.CacheRpcCommand;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.NodeVersion;
import org.infinispan.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Asks the coordinator to let the node that asks own nothing: a {@code String}, why that cannot be,
 * or an empty one. See {@link NodeWeights}.
 */
final class DrainRequest implements CacheRpcCommand {
  private static final ByteString CACHE = ByteString.fromString(InfinispanCluster.CACHE);

  private @Nullable Address origin;

  @Override
  public ByteString getCacheName() {
    return CACHE;
  }

  @Override
  public CompletionStage<?> invokeAsync(ComponentRegistry registry) {
    return CompletableFuture.completedFuture(InfinispanCluster.current().letGo(origin));
  }

  @Override
  public void setOrigin(Address newOrigin) {
    origin = newOrigin;
  }

  @Override
  public @Nullable Address getOrigin() {
    return origin;
  }

  @Override
  public boolean isReturnValueExpected() {
    return true;
  }

  @Override
  public NodeVersion supportedSince() {
    return NodeVersion.SIXTEEN;
  }
}
