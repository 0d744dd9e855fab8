package io.speicher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.ServerFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddedTest {
  // ---- memory ----

  @Test
  void memory_isBounded() {
    try (Speicher speicher = Embedded.open(Embedded.mb(1))) {
      Cache<byte[]> cache = speicher.cache("", Codec.bytes());
      for (int i = 0; i < 4_000; i++) {
        cache.set("k" + i, new byte[1_000]);
      }
      assertThat(cache.get("k3999")).hasSize(1_000);
      assertThat(cache.keys("").distinct().count()).isBetween(500L, 1_049L);
    }
  }

  @Test
  void value_largerThanMemory() {
    try (Speicher speicher = Embedded.open(Embedded.mb(1))) {
      Cache<byte[]> cache = speicher.cache("", Codec.bytes());
      assertThatExceptionOfType(ServerFailedException.class)
          .isThrownBy(() -> cache.set("k", new byte[2 << 20]))
          .withMessage("item too large for the engine's memory: itemBytes=2097153");
      assertThatExceptionOfType(ServerFailedException.class)
          .isThrownBy(() -> cache.setIfAbsent("k", new byte[2 << 20]));
    }
  }

  @Test
  void memory_outOfBounds() {
    assertThatIllegalArgumentException().isThrownBy(() -> Embedded.open(1));
    assertThat(Embedded.gb(2)).isEqualTo(2L << 30);
  }

  // ---- closing ----

  /** Memory that is given back while somebody reads would end the process. */
  @Test
  void close_whileOthersUseIt() throws Exception {
    for (int round = 0; round < 20; round++) {
      Speicher speicher = Embedded.open(Embedded.mb(1));
      CountDownLatch begun = new CountDownLatch(4);
      List<FutureTask<Boolean>> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String key = "k" + i;
        FutureTask<Boolean> user =
            new FutureTask<>(() -> useUntilClosed(speicher, key, begun), true);
        Thread.ofPlatform().daemon().start(user);
        users.add(user);
      }
      begun.await();
      speicher.close();
      for (FutureTask<Boolean> user : users) {
        assertThat(user.get()).isTrue();
      }
    }
  }

  private static void useUntilClosed(Speicher speicher, String key, CountDownLatch begun) {
    try {
      for (int i = 0; true; i++) {
        speicher.set(key, "value " + i);
        assertThat(speicher.get(key)).isEqualTo("value " + i);
        if (i == 0) {
          begun.countDown();
        }
      }
    } catch (ClosedException e) {
      assertThat(e).hasMessageEndingWith(" failed, the engine is closed: server=embedded");
      assertThat(e.maybeExecuted()).isFalse();
    }
  }

  // ---- URLs ----

  @ParameterizedTest
  @ValueSource(strings = {"speicher:embedded", "speicher:embedded?memory=1mb"})
  void url(String url) {
    try (Speicher first = Speicher.builder().url(url).namespace("a:").build();
        Speicher second = Speicher.connect(url)) {
      assertThat(first.set("k", "v")).isTrue();
      assertThat(first.get("k")).isEqualTo("v");
      assertThat(second.get("a:k")).as("an engine of its own").isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "speicher:embedded?memory=lots",
        "speicher:embedded?memory=1",
        "speicher:embedded?mem=1mb",
        "speicher:embedded?memory=1mb&x=1",
        "speicher:elsewhere"
      })
  void url_wrong(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> Speicher.connect(url));
  }
}
