package io.speicher.jcache;

import static java.util.Objects.requireNonNull;

import io.speicher.client.Speicher;
import io.speicher.client.SpeicherBuilder;
import io.speicher.client.Ttl;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one client of a server, or of one embedded engine. Closing it closes the client;
 * what a server has stays.
 *
 * <p>Any thread may call any method.
 */
public final class SpeicherCacheManager implements CacheManager {
  private final SpeicherCachingProvider provider;
  private final URI uri;
  private final ClassLoader classLoader;
  private final Properties properties;
  private final @Nullable Ttl ttl;
  private final Speicher speicher;
  private final Map<String, SpeicherCache<?, ?>> caches = new ConcurrentHashMap<>();
  private volatile boolean closed;

  SpeicherCacheManager(
      SpeicherCachingProvider provider, URI uri, ClassLoader classLoader, Properties properties) {
    this.provider = provider;
    this.uri = uri;
    this.classLoader = classLoader;
    this.properties = properties;
    ManagerUri said = ManagerUri.of(uri);
    ttl = said.ttl();
    SpeicherBuilder builder = Speicher.builder().url(said.clientUrl()).namespace(said.namespace());
    if (said.timeout() != null) {
      builder.timeout(said.timeout());
    }
    speicher = builder.build();
  }

  @Override
  public CachingProvider getCachingProvider() {
    return provider;
  }

  @Override
  public URI getURI() {
    return uri;
  }

  @Override
  public ClassLoader getClassLoader() {
    return classLoader;
  }

  @Override
  public Properties getProperties() {
    return properties;
  }

  // ---- caches ----

  @Override
  public <K, V, C extends Configuration<K, V>> Cache<K, V> createCache(
      String cacheName, C configuration) {
    requireOpen();
    requireNonNull(cacheName, "cacheName");
    SpeicherConfiguration<K, V> copy = copy(requireNonNull(configuration, "configuration"));
    if (!copy.isStoreByValue()) {
      throw new UnsupportedOperationException("Speicher stores by value, and not by reference");
    }
    SpeicherCache<K, V> made =
        new SpeicherCache<>(
            this,
            cacheName,
            copy,
            speicher.cache(
                cacheName, copy.valuesOr(DefaultCodecs.values(copy.getValueType(), classLoader))),
            copy.keysOr(DefaultCodecs.keys(copy.getKeyType(), classLoader)));
    if (caches.putIfAbsent(cacheName, made) != null) {
      throw new CacheException("there is such a cache: cache=" + cacheName);
    }
    made.registerBeans();
    return made;
  }

  private <K, V> SpeicherConfiguration<K, V> copy(Configuration<K, V> configuration) {
    SpeicherConfiguration<K, V> copy;
    if (configuration instanceof CompleteConfiguration<K, V> complete) {
      copy = new SpeicherConfiguration<>(complete);
    } else {
      copy = new SpeicherConfiguration<>();
      copy.setTypes(configuration.getKeyType(), configuration.getValueType());
      copy.setStoreByValue(configuration.isStoreByValue());
    }
    if (ttl != null && !ttl.isForever() && isEternal(copy)) {
      copy.setExpiryPolicyFactory(
          ModifiedExpiryPolicy.factoryOf(
              new Duration(TimeUnit.MILLISECONDS, ttl.duration().toMillis())));
    }
    return copy;
  }

  private static boolean isEternal(CompleteConfiguration<?, ?> configuration) {
    Factory<?> factory = configuration.getExpiryPolicyFactory();
    return factory == null || factory.equals(EternalExpiryPolicy.factoryOf());
  }

  @Override
  @SuppressWarnings("unchecked") // The types are compared before.
  public <K, V> @Nullable Cache<K, V> getCache(
      String cacheName, Class<K> keyType, Class<V> valueType) {
    requireOpen();
    requireNonNull(keyType, "keyType");
    requireNonNull(valueType, "valueType");
    SpeicherCache<?, ?> cache = caches.get(requireNonNull(cacheName, "cacheName"));
    if (cache == null) {
      return null;
    }
    CompleteConfiguration<?, ?> configuration = cache.configuration();
    requireType("keyType", keyType, configuration.getKeyType(), cacheName);
    requireType("valueType", valueType, configuration.getValueType(), cacheName);
    return (Cache<K, V>) cache;
  }

  private static void requireType(String what, Class<?> given, Class<?> configured, String name) {
    if (given != configured) {
      throw new ClassCastException(
          what
              + "="
              + given.getName()
              + " (expected: "
              + configured.getName()
              + ", as cache="
              + name
              + " is configured)");
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // JCache's signature.
  public <K, V> @Nullable Cache<K, V> getCache(String cacheName) {
    requireOpen();
    return (Cache<K, V>) caches.get(requireNonNull(cacheName, "cacheName"));
  }

  @Override
  public Iterable<String> getCacheNames() {
    requireOpen();
    return List.copyOf(caches.keySet());
  }

  /** Deletes what the cache holds, on the server too. */
  @Override
  public void destroyCache(String cacheName) {
    requireOpen();
    SpeicherCache<?, ?> cache = caches.get(requireNonNull(cacheName, "cacheName"));
    if (cache != null) {
      cache.clear();
      cache.close();
    }
  }

  /** A cache has been closed. */
  void forget(SpeicherCache<?, ?> cache) {
    caches.remove(cache.getName(), cache);
  }

  // ---- management ----

  @Override
  public void enableManagement(String cacheName, boolean enabled) {
    requireOpen();
    SpeicherCache<?, ?> cache = caches.get(requireNonNull(cacheName, "cacheName"));
    if (cache != null) {
      ((MutableConfiguration<?, ?>) cache.configuration()).setManagementEnabled(enabled);
      cache.registerBeans();
    }
  }

  @Override
  public void enableStatistics(String cacheName, boolean enabled) {
    requireOpen();
    SpeicherCache<?, ?> cache = caches.get(requireNonNull(cacheName, "cacheName"));
    if (cache != null) {
      ((MutableConfiguration<?, ?>) cache.configuration()).setStatisticsEnabled(enabled);
      cache.registerBeans();
    }
  }

  // ---- closing ----

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    provider.forget(this);
    List.copyOf(caches.values()).forEach(SpeicherCache::close);
    speicher.close();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the cache manager is closed: uri=" + uri.getScheme());
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    } else if (type.isInstance(speicher)) {
      return type.cast(speicher);
    }
    throw new IllegalArgumentException(
        "type=" + type.getName() + " (expected: CacheManager or " + Speicher.class.getName() + ")");
  }
}
