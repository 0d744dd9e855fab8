package io.speicher.cluster;

import org.infinispan.commands.remote.CacheRpcCommand;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.NodeVersion;
import org.infinispan.util.ByteString;
import org.jspecify.annotations.Nullable;

/** What one node asks another one, beside the commands of Infinispan. */
abstract class NodeRequest implements CacheRpcCommand {
  private static final ByteString CACHE = ByteString.fromString(InfinispanCluster.CACHE);

  private @Nullable Address origin;

  @Override
  public final ByteString getCacheName() {
    return CACHE;
  }

  @Override
  public final void setOrigin(Address newOrigin) {
    origin = newOrigin;
  }

  @Override
  public final @Nullable Address getOrigin() {
    return origin;
  }

  @Override
  public final boolean isReturnValueExpected() {
    return true;
  }

  @Override
  public final NodeVersion supportedSince() {
    return NodeVersion.SIXTEEN;
  }
}
