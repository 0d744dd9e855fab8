package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The client without a server. */
final class InMemoryTest extends CacheContract {
  @Override
  protected Speicher open() {
    return Speicher.inMemory();
  }

  @Test
  void clock_isTheTests() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    InstantSource clock = now::get;
    try (Speicher speicher = Speicher.inMemory(clock)) {
      Cache<String> cache = speicher.cache("texts", Codec.string());
      cache.set("k", "v", Ttl.of(Duration.ofMinutes(1)));
      cache.touch("k", Ttl.of(Duration.ofMinutes(2)));
      now.set(Instant.EPOCH.plusSeconds(119));
      assertThat(cache.get("k")).isEqualTo("v");
      now.set(Instant.EPOCH.plusSeconds(120));
      assertThat(cache.get("k")).isNull();
    }
  }
}
