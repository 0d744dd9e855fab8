package io.speicher.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.speicher.client.Cache;
import io.speicher.client.ClientListener;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.RefusedException;
import io.speicher.junit.SpeicherTest;
import io.speicher.junit.TestServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SpeicherTest
final class MicrometerListenerTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void calls_areTimed(TestServer server) {
    try (Speicher speicher = client(server)) {
      Cache<String> users = speicher.cache("users", Codec.string());
      users.set("ada", "Ada");
      users.get("ada");
      users.async().get("bob").join();
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() ->
              speicher
                  .cache("users", Codec.longs())
                  .add("ada", 1, 1, Ttl.of(Duration.ofMinutes(1))));
    }
    // What a future completes on another thread may be measured a little later than join.
    Timer gets = timer("get", "success");
    await().until(() -> gets.count() >= 2);
    assertThat(gets.count()).isEqualTo(2);
    assertThat(gets.totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(timer("set", "success").count()).isEqualTo(1);
    assertThat(timer("add", "RefusedException").count()).isEqualTo(1);
  }

  private Speicher client(TestServer server) {
    return Speicher.builder()
        .url(server.url())
        .namespace(server.namespace())
        .listener(new MicrometerListener(registry))
        .build();
  }

  private Timer timer(String operation, String outcome) {
    return registry
        .get("speicher.client.calls")
        .tags("cache", "users", "operation", operation, "outcome", outcome)
        .timer();
  }

  @Test
  void connections_areCounted(TestServer server) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    ClientListener next =
        new ClientListener() {
          @Override
          public void connected(String address) {
            told.countDown();
          }
        };
    try (Speicher speicher =
        Speicher.builder()
            .url(server.url())
            .listener(new MicrometerListener(registry))
            .listener(next)
            .build()) {
      speicher.ping();
      told.await();
    }
    String address = server.host() + ":" + server.port();
    assertThat(events(address, "connected")).isEqualTo(1);

    MicrometerListener listener = new MicrometerListener(registry);
    listener.disconnected(address, "any");
    listener.disconnected(address, "any");
    listener.unreachable(address, "any");
    assertThat(events(address, "disconnected")).isEqualTo(2);
    assertThat(events(address, "unreachable")).isEqualTo(1);
  }

  private double events(String server, String event) {
    return registry
        .get("speicher.client.connections")
        .tags("server", server, "event", event)
        .counter()
        .count();
  }

  @Test
  void cacheMetrics() {
    try (Speicher speicher = Speicher.inMemory()) {
      Cache<String> cache = speicher.cache("users", Codec.string());
      new CacheMetrics(cache, Tags.of("a", "b")).bindTo(registry);
      cache.set("k", "v");
      cache.get("k");
      cache.get("k");
      cache.get("nope");
      cache.delete("k");
      assertThat(counted("cache.gets", "result", "hit")).isEqualTo(2);
      assertThat(counted("cache.gets", "result", "miss")).isEqualTo(1);
      assertThat(counted("cache.puts", "a", "b")).isEqualTo(1);
      assertThat(counted("cache.removals", "cache", "users")).isEqualTo(1);
      assertThat(counted("cache.failures", "cache", "users")).isZero();

      MeterRegistry other = new SimpleMeterRegistry();
      CacheMetrics.monitor(other, cache);
      assertThat(other.get("cache.puts").tag("cache", "users").functionCounter().count())
          .isEqualTo(1);
    }
  }

  private double counted(String meter, String tag, String value) {
    return registry.get(meter).tag(tag, value).functionCounter().count();
  }
}
