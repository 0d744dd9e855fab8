package io.speicher.cluster;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.global.GlobalConfiguration;
import org.infinispan.container.impl.InternalDataContainer;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.factories.DataContainerFactory;
import org.infinispan.factories.GlobalComponentRegistry;
import org.infinispan.factories.impl.BasicComponentRegistry;
import org.infinispan.factories.impl.ComponentAccessor;
import org.infinispan.factories.impl.ModuleMetadataBuilder;
import org.infinispan.interceptors.AsyncInterceptorChain;
import org.infinispan.interceptors.distribution.NonTxDistributionInterceptor;
import org.infinispan.interceptors.distribution.TriangleDistributionInterceptor;
import org.infinispan.lifecycle.ModuleLifecycle;
import org.infinispan.marshall.protostream.impl.SerializationContextRegistry;
import org.infinispan.marshall.protostream.impl.SerializationContextRegistry.MarshallerType;

/**
 * Puts our data container in the place of Infinispan's, before anything has asked for one. There is
 * no configuration for that any more, and {@code BasicComponentRegistry.registerComponent} comes
 * too late; what Infinispan's annotation processor makes of a module is written by hand here.
 */
public final class ContainerModule implements ModuleMetadataBuilder {
  /** Infinispan's Scopes.NAMED_CACHE, which is not there at run time. */
  private static final int NAMED_CACHE = 1;

  @Override
  public String getModuleName() {
    return "speicher";
  }

  @Override
  public Collection<String> getRequiredDependencies() {
    return List.of("core");
  }

  @Override
  public Collection<String> getOptionalDependencies() {
    return List.of();
  }

  @Override
  public ModuleLifecycle newModuleLifecycle() {
    return new Lifecycle();
  }

  @Override
  public void registerMetadata(ModuleBuilder builder) {
    builder.registerComponentAccessor(
        ContainerFactory.class.getName(),
        List.of(InternalDataContainer.class.getName()),
        new ComponentAccessor<ContainerFactory>(
            ContainerFactory.class.getName(),
            NAMED_CACHE,
            false,
            DataContainerFactory.class.getName(),
            List.of()) {
          @Override
          protected ContainerFactory newInstance() {
            return new ContainerFactory();
          }
        });
  }

  /** Backups may arrive before the cache has been returned to whoever asked for it. */
  private static final class Lifecycle implements ModuleLifecycle {
    @Override
    public void cacheManagerStarting(
        GlobalComponentRegistry registry, GlobalConfiguration configuration) {
      SerializationContextRegistry contexts =
          registry.getComponent(SerializationContextRegistry.class);
      contexts.addContextInitializer(MarshallerType.GLOBAL, new WireSchema());
      contexts.addContextInitializer(MarshallerType.PERSISTENCE, new WireSchema());
    }

    @Override
    public void cacheStarting(
        ComponentRegistry registry, Configuration configuration, String cacheName) {
      if (cacheName.equals(InfinispanCluster.CACHE)) {
        InfinispanCluster.current().starting(registry);
        waitForBackups(registry.getComponent(BasicComponentRegistry.class));
      }
    }

    /**
     * With the interceptor that Infinispan would take, a primary stores what another node has asked
     * for, and shows it, before its backups have it: then a failure takes back what was read. The
     * older one answers when the backups have, and holds the lock of the key until then.
     */
    private static void waitForBackups(BasicComponentRegistry components) {
      NonTxDistributionInterceptor waiting = new NonTxDistributionInterceptor();
      components.registerComponent(NonTxDistributionInterceptor.class, waiting, true);
      boolean isReplaced =
          requireNonNull(components.getComponent(AsyncInterceptorChain.class))
              .wired()
              .replaceInterceptor(waiting, TriangleDistributionInterceptor.class);
      if (!isReplaced) {
        throw new IllegalStateException("Infinispan has another chain of interceptors");
      }
    }
  }
}
