package io.speicher.spring.boot;

import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.spring.CacheCodecs;
import io.speicher.spring.CacheSettings;
import io.speicher.spring.SerializationCodec;
import io.speicher.spring.SpeicherCacheManager;
import io.speicher.spring.boot.SpeicherProperties.CacheProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/**
 * Makes the cache manager of an application that enables caching, unless it has one or names the
 * type of another one ({@code spring.cache.type}).
 */
@AutoConfiguration(
    after = SpeicherAutoConfiguration.class,
    beforeName = {
      "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration",
      "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration"
    })
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnClass(SpeicherCacheManager.class)
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "speicher", matchIfMissing = true)
public class SpeicherCacheAutoConfiguration {
  private static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(30);

  /** The manager of all caches. */
  @Bean
  public SpeicherCacheManager cacheManager(
      Speicher speicher, CacheCodecs codecs, SpeicherProperties properties) {
    SpeicherProperties.Cache all = properties.getCache();
    Map<String, CacheSettings> byName = new HashMap<>();
    all.getCaches().forEach((name, own) -> byName.put(name, settings(own, all)));
    SpeicherCacheManager manager =
        new SpeicherCacheManager(speicher, codecs, settings(all, all), byName, all.getNames());
    manager.setTransactionAware(all.isTransactionAware());
    return manager;
  }

  /** What {@code own} says, else {@code all}. */
  private static CacheSettings settings(CacheProperties own, CacheProperties all) {
    return new CacheSettings(
        !Boolean.FALSE.equals(first(own, all, CacheProperties::getCacheNullValues)),
        options -> {
          Duration ttl = first(own, all, CacheProperties::getTtl);
          Double jitter = first(own, all, CacheProperties::getJitter);
          if (ttl != null) {
            options.ttl(jitter == null ? Ttl.of(ttl) : Ttl.of(ttl).jitter(jitter));
          }
          set(first(own, all, CacheProperties::getTimeout), options::timeout);
          set(first(own, all, CacheProperties::getOnFailure), options::onFailure);
          set(first(own, all, CacheProperties::getStaleFor), options::staleFor);
          set(first(own, all, CacheProperties::getRefreshEarly), options::refreshEarly);
          set(first(own, all, CacheProperties::getLease), options::lease);
          Long entries = first(own, all, properties -> properties.getNear().getEntries());
          Duration maxAge = first(own, all, properties -> properties.getNear().getMaxAge());
          if (entries != null && entries != 0) {
            options.near(NearCaches.of(entries, maxAge == null ? DEFAULT_MAX_AGE : maxAge));
          }
        });
  }

  private static <T> @Nullable T first(
      CacheProperties own, CacheProperties all, Function<CacheProperties, @Nullable T> property) {
    T value = property.apply(own);
    return value == null ? property.apply(all) : value;
  }

  private static <T> void set(@Nullable T value, Consumer<T> option) {
    if (value != null) {
      option.accept(value);
    }
  }

  /** Serialization by Java, unless the application says how to store values. */
  @Bean
  @ConditionalOnMissingBean
  CacheCodecs speicherCacheCodecs(ResourceLoader resources) {
    SerializationCodec codec = new SerializationCodec(resources.getClassLoader());
    return name -> codec;
  }
}
