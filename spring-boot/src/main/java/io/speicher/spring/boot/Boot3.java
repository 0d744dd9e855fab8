package io.speicher.spring.boot;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.speicher.client.Speicher;
import io.speicher.spring.SpringCache;
import io.speicher.telemetry.CacheMetrics;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.metrics.cache.CacheMeterBinderProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health and metrics of Spring Boot 3, where they are part of the application. */
@AutoConfiguration(after = SpeicherAutoConfiguration.class)
public class Boot3 {
  /** The health of the server. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(Speicher.class)
  @ConditionalOnClass(AbstractHealthIndicator.class)
  @ConditionalOnProperty(name = "management.health.speicher.enabled", matchIfMissing = true)
  static class HealthConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "speicherHealthIndicator")
    AbstractHealthIndicator speicherHealthIndicator(Speicher speicher) {
      return new AbstractHealthIndicator("Speicher does not answer") {
        @Override
        protected void doHealthCheck(Health.Builder builder) {
          SpeicherHealth.check(speicher);
          builder.up();
        }
      };
    }
  }

  /** The metrics of each cache. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({MeterBinder.class, CacheMeterBinderProvider.class})
  static class MetricsConfiguration {
    @Bean
    CacheMeterBinderProvider<SpringCache> speicherCacheMeterBinderProvider() {
      return (cache, tags) -> new CacheMetrics(cache.getNativeCache(), tags);
    }
  }
}
