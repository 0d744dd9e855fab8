package io.speicher.jcache;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;
import javax.cache.CacheManager;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * Finds cache managers by URI: {@code speicher://host:port/namespace?ttl=10m} is a server, {@code
 * speicher:embedded?memory=1gb} the engine in this process. The default URI is what the system
 * property {@code speicher.jcache.uri} says, else {@code speicher://localhost:14567}.
 *
 * <p>Any thread may call any method.
 */
public final class SpeicherCachingProvider implements CachingProvider {
  /** Names the default URI. */
  public static final String URI_PROPERTY = "speicher.jcache.uri";

  private static final String DEFAULT_URI = "speicher://localhost:14567";

  private final Map<ClassLoader, Map<URI, SpeicherCacheManager>> managers = new WeakHashMap<>();

  /** For JCache. */
  public SpeicherCachingProvider() {}

  @Override
  public ClassLoader getDefaultClassLoader() {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    return ofThread == null ? SpeicherCachingProvider.class.getClassLoader() : ofThread;
  }

  @Override
  public URI getDefaultURI() {
    return URI.create(System.getProperty(URI_PROPERTY, DEFAULT_URI));
  }

  @Override
  public Properties getDefaultProperties() {
    return new Properties();
  }

  @Override
  public synchronized CacheManager getCacheManager(
      @Nullable URI uri, @Nullable ClassLoader classLoader, @Nullable Properties properties) {
    URI managersUri = uri == null ? getDefaultURI() : uri;
    ClassLoader managersLoader = classLoader == null ? getDefaultClassLoader() : classLoader;
    return managers
        .computeIfAbsent(managersLoader, loader -> new HashMap<>())
        .computeIfAbsent(
            managersUri,
            name ->
                new SpeicherCacheManager(
                    this,
                    name,
                    managersLoader,
                    properties == null ? getDefaultProperties() : properties));
  }

  @Override
  public CacheManager getCacheManager(@Nullable URI uri, @Nullable ClassLoader classLoader) {
    return getCacheManager(uri, classLoader, null);
  }

  @Override
  public CacheManager getCacheManager() {
    return getCacheManager(null, null, null);
  }

  @Override
  public void close() {
    List<SpeicherCacheManager> all;
    synchronized (this) {
      all = managers.values().stream().flatMap(byUri -> byUri.values().stream()).toList();
    }
    all.forEach(SpeicherCacheManager::close);
  }

  @Override
  public void close(ClassLoader classLoader) {
    List<SpeicherCacheManager> all;
    synchronized (this) {
      all = List.copyOf(managers.getOrDefault(classLoader, Map.of()).values());
    }
    all.forEach(SpeicherCacheManager::close);
  }

  @Override
  public void close(@Nullable URI uri, @Nullable ClassLoader classLoader) {
    SpeicherCacheManager manager;
    synchronized (this) {
      manager =
          managers
              .getOrDefault(classLoader == null ? getDefaultClassLoader() : classLoader, Map.of())
              .get(uri == null ? getDefaultURI() : uri);
    }
    if (manager != null) {
      manager.close();
    }
  }

  /** A manager has been closed: whoever asks for it again gets a new one. */
  synchronized void forget(SpeicherCacheManager manager) {
    managers.values().forEach(byUri -> byUri.values().remove(manager));
  }

  /** Values are copied, always. */
  @Override
  public boolean isSupported(OptionalFeature feature) {
    return false;
  }
}
