package io.speicher.spring;

import io.speicher.client.Speicher;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.transaction.AbstractTransactionSupportingCacheManager;

/**
 * Makes Spring's caches on a client. With {@link #setTransactionAware}, what a transaction puts and
 * evicts is done after its commit.
 *
 * <p>Any thread may ask it for caches.
 */
public final class SpeicherCacheManager extends AbstractTransactionSupportingCacheManager {
  private final Speicher speicher;
  private final CacheCodecs codecs;
  private final CacheSettings settings;
  private final Map<String, CacheSettings> settingsByName;
  private final Set<String> names;

  /**
   * @param speicher not closed by the manager
   * @param settings of caches that {@code settingsByName} does not name
   * @param names of all caches there are; if it is empty, a cache is made when it is asked for
   */
  public SpeicherCacheManager(
      Speicher speicher,
      CacheCodecs codecs,
      CacheSettings settings,
      Map<String, CacheSettings> settingsByName,
      Collection<String> names) {
    this.speicher = speicher;
    this.codecs = codecs;
    this.settings = settings;
    this.settingsByName = Map.copyOf(settingsByName);
    this.names = Set.copyOf(names);
  }

  /** A manager of any caches, all with the same settings, whose values are serialized by Java. */
  public SpeicherCacheManager(Speicher speicher, CacheSettings settings) {
    this(speicher, name -> new SerializationCodec(null), settings, Map.of(), Set.of());
  }

  @Override
  protected Collection<? extends Cache> loadCaches() {
    return names.stream().map(this::newCache).toList();
  }

  @Override
  protected @Nullable Cache getMissingCache(String name) {
    return names.isEmpty() ? newCache(name) : null;
  }

  private SpringCache newCache(String name) {
    CacheSettings own = settingsByName.getOrDefault(name, settings);
    return new SpringCache(
        speicher.<Object>cache(name, new NullableCodec(codecs.codec(name)), own.options()),
        own.allowsNull());
  }
}
