package io.speicher.spring.boot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.speicher.client.ClientListener;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.junit.SpeicherTest;
import io.speicher.junit.TestServer;
import io.speicher.spring.CacheCodecs;
import io.speicher.spring.SpeicherCacheManager;
import io.speicher.spring.SpringCache;
import io.speicher.telemetry.CacheMetrics;
import io.speicher.telemetry.MicrometerListener;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;
import org.springframework.util.ClassUtils;

/** An application with a server, on whichever Spring Boot is on the class path. */
@SpeicherTest
final class SpringBootTest {
  /** It warns of contexts that fail, as some here are meant to. */
  private static final Logger springsLogger = Logger.getLogger("org.springframework");

  /** It warns of a server that is away, as one here is meant to be. */
  private static final Logger healthLogger = Logger.getLogger("io.speicher.spring.boot");

  private ApplicationContextRunner runner;
  private Speicher speicher;

  @BeforeAll
  static void quiet() {
    springsLogger.setLevel(Level.SEVERE);
    healthLogger.setLevel(Level.SEVERE);
  }

  @AfterAll
  static void loud() {
    springsLogger.setLevel(null);
    healthLogger.setLevel(null);
  }

  /** Spring Boot's own, which is in another package in each line. */
  private static Class<?> cacheAutoConfiguration() {
    return Stream.of("autoconfigure.cache", "cache.autoconfigure")
        .map(name -> "org.springframework.boot." + name + ".CacheAutoConfiguration")
        .filter(name -> ClassUtils.isPresent(name, null))
        .<Class<?>>map(name -> ClassUtils.resolveClassName(name, null))
        .findFirst()
        .orElseThrow();
  }

  @BeforeEach
  void makeRunner(TestServer server, Speicher ofTheTest) {
    speicher = ofTheTest;
    runner =
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    cacheAutoConfiguration(),
                    SpeicherAutoConfiguration.class,
                    SpeicherCacheAutoConfiguration.class,
                    Boot3.class,
                    Boot4.class))
            .withUserConfiguration(Application.class)
            .withPropertyValues(
                "speicher.url=" + server.url(), "speicher.namespace=" + server.namespace());
  }

  /** What a user writes. */
  @Configuration(proxyBeanMethods = false)
  @EnableCaching
  static class Application {
    @Bean
    Prices prices() {
      return new Prices();
    }
  }

  /** A service that is slow. */
  static class Prices {
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    public int calls() {
      return calls.get();
    }

    public void release() {
      released.countDown();
    }

    @Cacheable("prices")
    public @Nullable String price(String product) {
      calls.incrementAndGet();
      return product.equals("none") ? null : product + " 10";
    }

    @Cacheable(cacheNames = "prices", sync = true)
    public String slowPrice(String product) throws InterruptedException {
      calls.incrementAndGet();
      released.await();
      return product + " 20";
    }

    @Cacheable("prices")
    public CompletableFuture<String> laterPrice(String product) {
      calls.incrementAndGet();
      return CompletableFuture.completedFuture(product + " 30");
    }

    @CacheEvict("prices")
    public void change(String product) {}

    @CacheEvict(cacheNames = "prices", allEntries = true)
    public void changeAll() {}
  }

  private static Cache cache(ApplicationContext context, String name) {
    return requireNonNull(context.getBean(CacheManager.class).getCache(name));
  }

  // ---- annotations ----

  @Test
  void cacheable() {
    runner.run(context -> {
      Prices prices = context.getBean(Prices.class);
      assertThat(prices.price("apple")).isEqualTo("apple 10");
      assertThat(prices.price("apple")).isEqualTo("apple 10");
      assertThat(prices.price("none")).isNull();
      assertThat(prices.price("none")).isNull();
      assertThat(prices.calls()).isEqualTo(2);
      prices.change("apple");
      prices.price("apple");
      assertThat(prices.calls()).isEqualTo(3);
      prices.changeAll();
      prices.price("none");
      assertThat(prices.calls()).isEqualTo(4);
      assertThat(speicher.cache("prices", Codec.bytes()).keys("").toList())
          .as("seen by other clients")
          .containsExactly("none");
    });
  }

  @Test
  void cacheable_futures() {
    runner.run(context -> {
      Prices prices = context.getBean(Prices.class);
      assertThat(prices.laterPrice("apple").get()).isEqualTo("apple 30");
      assertThat(prices.laterPrice("apple").get()).isEqualTo("apple 30");
      assertThat(prices.calls()).isEqualTo(1);
    });
  }

  /** With Spring's cache on Redis, about 30 of 32 threads load. */
  @Test
  void cacheable_sync_loadsOnce() {
    runner.run(context ->
        assertThat(callsOfStampede(List.of(context.getBean(Prices.class)))).isEqualTo(1));
  }

  /** Has 32 threads ask for a price that is missing, and returns how often it was looked up. */
  private static int callsOfStampede(List<Prices> applications) throws Exception {
    CountDownLatch begun = new CountDownLatch(32);
    List<FutureTask<String>> tasks = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Prices prices = applications.get(i % applications.size());
      FutureTask<String> task =
          new FutureTask<>(() -> {
            begun.countDown();
            return prices.slowPrice("apple");
          });
      new Thread(task).start();
      tasks.add(task);
    }
    begun.await();
    applications.forEach(Prices::release);
    for (FutureTask<String> task : tasks) {
      assertThat(task.get()).isEqualTo("apple 20");
    }
    return applications.stream().mapToInt(Prices::calls).sum();
  }

  /** Two programs, one server. */
  @Test
  void applications_shareTheCache() {
    runner.run(first ->
        runner.run(second -> {
          first.getBean(Prices.class).price("apple");
          second.getBean(Prices.class).price("apple");
          assertThat(second.getBean(Prices.class).calls()).isEqualTo(0);
          first.getBean(Prices.class).changeAll();
          second.getBean(Prices.class).price("apple");
          assertThat(second.getBean(Prices.class).calls()).isEqualTo(1);
        }));
  }

  /** A stampede on two applications: one call of the method, whoever gets it. */
  @Test
  void applications_loadOnce() {
    runner.run(first ->
        runner.run(second ->
            assertThat(
                    callsOfStampede(
                        List.of(first.getBean(Prices.class), second.getBean(Prices.class))))
                .isEqualTo(1)));
  }

  /** What one application clears, the other one does not find in its own memory either. */
  @Test
  void applications_withNearCaches_seeAClear() {
    ApplicationContextRunner near =
        runner.withPropertyValues(
            "speicher.cache.near.entries=100", "speicher.cache.caches.far.near.entries=0");
    near.run(first ->
        near.run(second -> {
          Cache mine = cache(first, "any");
          Cache others = cache(second, "any");
          mine.put("k", "v");
          for (int i = 0; i < 3; i++) {
            assertThat(requireNonNull(others.get("k")).get()).isEqualTo("v");
          }
          assertThat(nearHits(others)).isEqualTo(2);

          mine.clear();
          assertThat(others.get("of the server")).isNull();
          assertThat(others.get("k")).isNull();
          assertThat(mine.get("k")).isNull();

          Cache far = cache(second, "far");
          far.put("k", "v");
          far.get("k");
          far.get("k");
          assertThat(nearHits(far)).isZero();
        }));
  }

  private static long nearHits(Cache cache) {
    return ((SpringCache) cache).getNativeCache().stats().nearHits();
  }

  // ---- the cache ----

  @Test
  void cache_operations() {
    runner.run(context -> {
      Cache cache = cache(context, "any");
      assertThat(cache).isInstanceOf(SpringCache.class);
      assertThat(cache.get("k")).isNull();
      assertThat(cache.putIfAbsent("k", "v")).isNull();
      assertThat(requireNonNull(cache.putIfAbsent("k", "w")).get()).isEqualTo("v");
      assertThat(cache.get("k", String.class)).isEqualTo("v");
      assertThat(cache.evictIfPresent("k")).isTrue();
      assertThat(cache.evictIfPresent("k")).isFalse();
      assertThat(cache.invalidate()).isFalse();
      cache.put("k", null);
      assertThat(requireNonNull(cache.get("k")).get()).isNull();
      assertThat(cache.invalidate()).isTrue();
      assertThat(cache.get("k")).isNull();
    });
  }

  @Test
  void cache_loaders() {
    runner.run(context -> {
      Cache cache = cache(context, "any");
      assertThat(cache.<String>get("k", () -> null)).isNull();
      assertThat(cache.get("k", () -> "v")).as("null was cached").isNull();
      assertThatExceptionOfType(ValueRetrievalException.class)
          .isThrownBy(() ->
              cache.get(
                  "other",
                  () -> {
                    throw new IOException("away");
                  }))
          .withCauseInstanceOf(IOException.class);
      assertThat(
              requireNonNull(cache.retrieve("x", () -> CompletableFuture.completedFuture("y")))
                  .get())
          .isEqualTo("y");
      assertThat(requireNonNull(cache.retrieve("x")).get()).isNotNull();
      assertThat(requireNonNull(cache.retrieve("nothing")).get()).isNull();
    });
  }

  /** Says nothing of itself. */
  static final class Nameless {}

  @Test
  void cache_keys() {
    runner.run(context -> {
      Cache cache = cache(context, "any");
      cache.put(new SimpleKey("a", 1), "v");
      assertThat(requireNonNull(cache.get(new SimpleKey("a", 1))).get()).isEqualTo("v");
      assertThat(cache.get(new SimpleKey("a", 2))).isNull();
      cache.put(List.of(7), "v");
      assertThat(cache.get(7)).isNull();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> cache.get(new Nameless()))
          .withMessageContaining("Nameless (expected: a string, or a class with a toString");
    });
  }

  // ---- properties ----

  @Test
  void properties_ofCaches() {
    runner
        .withPropertyValues(
            "speicher.cache.ttl=1h",
            "speicher.cache.jitter=0.5",
            "speicher.cache.caches.c.stale-for=1h",
            "speicher.cache.caches.c.refresh-early=0.9",
            "speicher.cache.caches.c.lease=1s",
            "speicher.cache.names=a,b,c",
            "speicher.cache.caches.b.ttl=1m",
            "speicher.cache.caches.b.cache-null-values=false")
        .run(context -> {
          cache(context, "a").put("k", "v");
          cache(context, "b").put("k", "v");
          assertThat(left("a")).isBetween(Duration.ofMinutes(25), Duration.ofHours(1));
          assertThat(left("b")).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
          cache(context, "c").put("k", "v");
          assertThat(left("c")).isBetween(Duration.ofMinutes(85), Duration.ofHours(2));
          assertThat(context.getBean(CacheManager.class).getCache("d")).isNull();
          assertThatIllegalArgumentException().isThrownBy(() -> cache(context, "b").put("k", null));
        });
  }

  private Duration left(String cache) {
    Ttl ttl = speicher.cache(cache, Codec.bytes()).ttl("k");
    return requireNonNull(ttl).duration();
  }

  /** A port where nobody listens. */
  private static int closedPort() throws IOException {
    try (ServerSocket closed = new ServerSocket(0)) {
      return closed.getLocalPort();
    }
  }

  /** An application goes on without its cache. */
  @Test
  void properties_onFailure() throws Exception {
    runner
        .withPropertyValues(
            "speicher.url=speicher://127.0.0.1:" + closedPort(), "speicher.cache.on-failure=miss")
        .run(context -> {
          assertThat(context.getBean(Prices.class).price("apple")).isEqualTo("apple 10");
          assertThat(context.getBean(Prices.class).price("apple")).isEqualTo("apple 10");
          assertThatExceptionOfType(ConnectFailedException.class)
              .as("an eviction that failed is not to be overlooked")
              .isThrownBy(() -> context.getBean(Prices.class).change("apple"));
        });
  }

  /** What an editor knows of the properties. */
  @Test
  void properties_haveMetadata() throws Exception {
    try (InputStream in =
        SpeicherProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      assertThat(new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
          .contains(
              "\"speicher.cache.jitter\"",
              "\"speicher.cache.stale-for\"",
              "\"speicher.cache.near.entries\"",
              "\"speicher.cache.caches\"",
              "How long what is put lives; for ever if it is not set.");
    }
  }

  @Test
  void properties_userWithoutPassword() {
    runner
        .withPropertyValues("speicher.username=shop")
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseMessage(
                    "speicher.username=shop without speicher.password (expected: both)"));
  }

  // ---- what the application says itself ----

  @Test
  void beans_ofTheApplicationComeFirst() {
    runner
        .withBean(CacheManager.class, ConcurrentMapCacheManager::new)
        .run(context -> assertThat(context).doesNotHaveBean(SpeicherCacheManager.class));
    runner
        .withPropertyValues("spring.cache.type=simple")
        .run(context -> assertThat(context).doesNotHaveBean(SpeicherCacheManager.class));
    runner
        .withBean(CacheCodecs.class, () -> name -> Codec.string())
        .run(context -> {
          context.getBean(Prices.class).price("apple");
          assertThat(speicher.get("prices:apple")).isEqualTo("apple 10");
        });
  }

  @Test
  void connectionDetails_ofATest(TestServer server) {
    runner
        .withPropertyValues("speicher.url=speicher://nowhere.invalid")
        .withBean(SpeicherConnectionDetails.class, () -> server::url)
        .run(context -> {
          context.getBean(Prices.class).price("apple");
          assertThat(speicher.cache("prices", Codec.bytes()).get("apple")).isNotNull();
        });
  }

  /** For metrics and traces of calls. */
  @Test
  void listeners_areTold() {
    MeterRegistry registry = new SimpleMeterRegistry();
    runner
        .withBean(ClientListener.class, () -> new MicrometerListener(registry))
        .run(context -> {
          context.getBean(Prices.class).price("apple");
          assertThat(registry.get("speicher.client.calls").tag("operation", "set").timer().count())
              .isEqualTo(1);
        });
  }

  // ---- transactions ----

  @Test
  void transactions() {
    runner
        .withPropertyValues("speicher.cache.transaction-aware=true")
        .run(context -> {
          Cache cache = cache(context, "any");
          TransactionSynchronizationManager.initSynchronization();
          try {
            cache.put("k", "v");
            assertThat(cache.get("k")).as("before the commit").isNull();
            TransactionSynchronizationUtils.triggerAfterCommit();
            assertThat(cache.get("k")).isNotNull();
          } finally {
            TransactionSynchronizationManager.clearSynchronization();
          }
        });
  }

  // ---- health and metrics ----

  @Test
  void health() throws Exception {
    runner.run(context -> assertThat(status(context)).isEqualTo("UP"));
    runner
        .withPropertyValues("speicher.url=speicher://127.0.0.1:" + closedPort())
        .run(context -> assertThat(status(context)).isEqualTo("DOWN"));
    runner
        .withPropertyValues("management.health.speicher.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("speicherHealthIndicator"));
  }

  /** By reflection, since the two Spring Boots have it in different packages. */
  private static String status(ApplicationContext context) throws ReflectiveOperationException {
    Object indicator = context.getBean("speicherHealthIndicator");
    Method health = indicator.getClass().getMethod("health");
    health.setAccessible(true);
    Object answer = health.invoke(indicator);
    return answer.getClass().getMethod("getStatus").invoke(answer).toString();
  }

  @Test
  void metrics() {
    runner.run(context -> {
      SpringCache cache = (SpringCache) cache(context, "any");
      MeterBinder binder = new CacheMetrics(cache.getNativeCache(), Tags.of("a", "b"));
      MeterRegistry registry = new SimpleMeterRegistry();
      binder.bindTo(registry);
      cache.put("k", "v");
      cache.get("k");
      cache.get("nope");
      assertThat(registry.get("cache.gets").tag("result", "hit").functionCounter().count())
          .isEqualTo(1);
      assertThat(registry.get("cache.gets").tag("result", "miss").functionCounter().count())
          .isEqualTo(1);
      assertThat(registry.get("cache.puts").tag("cache", "any").functionCounter().count())
          .isEqualTo(1);
      assertThat(context.getBeanNamesForType(Object.class))
          .contains("speicherCacheMeterBinderProvider");
    });
  }

  /** The tests run once with each line. */
  @Test
  void version() {
    assertThat(SpringBootVersion.getVersion())
        .startsWith(System.getProperty("spring.boot.line", "3.5"));
  }
}
