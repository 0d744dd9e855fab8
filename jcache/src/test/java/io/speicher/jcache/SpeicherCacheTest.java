package io.speicher.jcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.SpeicherException;
import io.speicher.junit.SpeicherTest;
import io.speicher.junit.TestServer;
import java.io.Serializable;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the TCK does not ask: several programs, what others see, and failures. */
@SpeicherTest
final class SpeicherCacheTest {
  private final SpeicherCachingProvider first = new SpeicherCachingProvider();
  private final SpeicherCachingProvider second = new SpeicherCachingProvider();
  private CacheManager manager;
  private CacheManager other;

  record User(String name) implements Serializable {}

  @BeforeEach
  void open(TestServer server) {
    String namespace = server.namespace();
    URI uri =
        URI.create(server.url() + "/" + namespace.substring(0, namespace.length() - 1) + "?ttl=1h");
    manager = first.getCacheManager(uri, null);
    other = second.getCacheManager(uri, null);
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  // ---- keys and values ----

  @Test
  void strings_areSeenByOtherClients(Speicher speicher) {
    Cache<String, String> cache =
        manager.createCache(
            "texts",
            new MutableConfiguration<String, String>().setTypes(String.class, String.class));
    cache.put("k", "v");
    assertThat(speicher.get("texts:k")).isEqualTo("v");
    assertThat(speicher.cache("texts", Codec.string()).ttl("k"))
        .as("the time to live that the URI says")
        .isNotIn(Ttl.forever(), null);
  }

  @Test
  void values_withACodec(Speicher speicher) {
    Cache<UUID, User> cache =
        manager.createCache(
            "users",
            new SpeicherConfiguration<UUID, User>()
                .values(
                    Codec.of(
                        user -> user.name().getBytes(UTF_8),
                        bytes -> new User(new String(bytes, UTF_8))))
                .setTypes(UUID.class, User.class));
    UUID id = new UUID(1, 2);
    cache.put(id, new User("Ada"));
    assertThat(cache.get(id)).isEqualTo(new User("Ada"));
    assertThat(speicher.get("users:" + id)).isEqualTo("Ada");
    assertThat(cache.iterator().next().getKey()).isEqualTo(id);
  }

  @Test
  void keys_ofManyTypes() {
    Cache<Object, Object> cache = manager.createCache("any", new MutableConfiguration<>());
    Set<Object> keys = Set.of("1", 1, 1L, new UUID(0, 1), List.of(1));
    keys.forEach(key -> cache.put(key, key.getClass().getName()));
    List<Object> found = new ArrayList<>();
    cache.forEach(entry -> {
      assertThat(entry.getValue()).isEqualTo(entry.getKey().getClass().getName());
      found.add(entry.getKey());
    });
    assertThat(found).containsExactlyInAnyOrderElementsOf(keys);
  }

  // ---- several programs ----

  @Test
  void programs_shareEntries() {
    MutableConfiguration<String, String> configuration = new MutableConfiguration<>();
    Cache<String, String> here = manager.createCache("texts", configuration);
    Cache<String, String> there = other.createCache("texts", configuration);
    here.put("k", "v");
    assertThat(there.putIfAbsent("k", "w")).isFalse();
    assertThat(there.replace("k", "v", "w")).isTrue();
    assertThat(here.remove("k", "v")).isFalse();
    assertThat(here.getAndRemove("k")).isEqualTo("w");
    assertThat(there.containsKey("k")).isFalse();
  }

  /** A processor of one program does not undo that of another. */
  @Test
  void processors_areAtomicAmongPrograms() throws Exception {
    MutableConfiguration<String, Long> configuration =
        new MutableConfiguration<String, Long>().setTypes(String.class, Long.class);
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (CacheManager program : List.of(manager, other, manager, other)) {
      Cache<String, Long> cache = program.getCache("numbers", String.class, Long.class);
      Cache<String, Long> numbers =
          cache == null ? program.createCache("numbers", configuration) : cache;
      FutureTask<Boolean> task =
          new FutureTask<>(
              () -> {
                for (int i = 0; i < 50; i++) {
                  numbers.invoke(
                      "n",
                      (entry, arguments) -> {
                        entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
                        return null;
                      });
                }
              },
              true);
      Thread thread = new Thread(task);
      thread.start();
      tasks.add(task);
    }
    for (FutureTask<Boolean> task : tasks) {
      assertThat(task.get()).isTrue();
    }
    assertThat(manager.getCache("numbers", String.class, Long.class).get("n")).isEqualTo(200);
  }

  /** A policy that leaves the expiry of an update as it is. */
  @Test
  void update_keepsTheTimeThatIsLeft(Speicher speicher) {
    Cache<String, String> cache =
        manager.createCache(
            "texts",
            new MutableConfiguration<String, String>()
                .setTypes(String.class, String.class)
                .setExpiryPolicyFactory(
                    CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.HOURS, 2))));
    cache.put("k", "v");
    io.speicher.client.Cache<String> items = speicher.cache("texts", Codec.string());
    items.touch("k", Ttl.of(java.time.Duration.ofMinutes(5)));
    cache.put("k", "w");
    Ttl left = requireNonNull(items.ttl("k"));
    assertThat(left.duration()).isLessThanOrEqualTo(java.time.Duration.ofMinutes(5));
    assertThat(cache.get("k")).isEqualTo("w");
  }

  // ---- failures ----

  @Test
  void failure_isACacheException() {
    Cache<String, Long> numbers =
        manager.createCache(
            "texts", new MutableConfiguration<String, Long>().setTypes(String.class, Long.class));
    Cache<String, String> texts =
        other.createCache(
            "texts",
            new MutableConfiguration<String, String>().setTypes(String.class, String.class));
    texts.put("k", "no number");
    assertThatExceptionOfType(CacheException.class)
        .isThrownBy(() -> numbers.get("k"))
        .withMessageStartingWith("cache=texts: decode failed")
        .withCauseInstanceOf(SpeicherException.class);
  }
}
