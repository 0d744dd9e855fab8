package io.speicher.spring.boot;

import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.spring.CacheCodecs;
import io.speicher.spring.CacheSettings;
import io.speicher.spring.SerializationCodec;
import io.speicher.spring.SpeicherCacheManager;
import io.speicher.spring.boot.SpeicherProperties.CacheProperties;
import java.util.HashMap;
import java.util.Map;
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
  /** The manager of all caches. */
  @Bean
  public SpeicherCacheManager cacheManager(
      Speicher speicher, CacheCodecs codecs, SpeicherProperties properties) {
    SpeicherProperties.Cache all = properties.getCache();
    CacheSettings settings = settings(all, CacheSettings.DEFAULT, all);
    Map<String, CacheSettings> byName = new HashMap<>();
    all.getCaches().forEach((name, own) -> byName.put(name, settings(own, settings, all)));
    SpeicherCacheManager manager =
        new SpeicherCacheManager(speicher, codecs, settings, byName, all.getNames());
    manager.setTransactionAware(all.isTransactionAware());
    return manager;
  }

  /** What {@code own} says, else {@code base}; a jitter is of whatever time to live that makes. */
  private static CacheSettings settings(
      CacheProperties own, CacheSettings base, CacheProperties all) {
    Ttl ttl = own.getTtl() == null ? base.ttl() : Ttl.of(own.getTtl());
    Double jitter = own.getJitter() == null ? all.getJitter() : own.getJitter();
    return new CacheSettings(
        jitter == null || ttl.isForever() ? ttl : ttl.jitter(jitter),
        own.getTimeout() == null ? base.timeout() : own.getTimeout(),
        own.getOnFailure() == null ? base.onFailure() : own.getOnFailure(),
        own.getCacheNullValues() == null ? base.allowsNull() : own.getCacheNullValues());
  }

  /** Serialization by Java, unless the application says how to store values. */
  @Bean
  @ConditionalOnMissingBean
  CacheCodecs speicherCacheCodecs(ResourceLoader resources) {
    SerializationCodec codec = new SerializationCodec(resources.getClassLoader());
    return name -> codec;
  }
}
