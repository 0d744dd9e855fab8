package io.speicher.near;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.Cache;
import io.speicher.client.Codec;
import io.speicher.client.Speicher;
import io.speicher.client.Ttl;
import io.speicher.client.exception.ClosedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NearCacheTest {
  private static final Ttl HOUR = Ttl.of(Duration.ofHours(1));

  private final AtomicLong nanos = new AtomicLong();
  private final Speicher speicher = Speicher.inMemory();
  private final Cache<String> far = speicher.cache("texts", Codec.string());
  private final Cache<String> near =
      Near.entries(100).maxAge(Duration.ofSeconds(10)).ticker(nanos::get).of(far);

  @AfterEach
  void close() {
    speicher.close();
  }

  /** How many reads the server has been asked. */
  private long farReads() {
    return far.stats().hits() + far.stats().misses();
  }

  // ---- reading ----

  @Test
  void read_isNearTheSecondTime() {
    far.set("k", "v");
    assertThat(near.get("k")).isEqualTo("v");
    assertThat(near.get("k")).isEqualTo("v");
    assertThat(near.async().get("k").join()).isEqualTo("v");
    assertThat(near.getAll(List.of("k"))).isEqualTo(Map.of("k", "v"));
    assertThat(farReads()).isEqualTo(1);
    assertThat(near.stats().hits()).isEqualTo(4);
    assertThat(near.name()).isEqualTo("texts");
  }

  @Test
  void miss_isNotKept() {
    assertThat(near.get("k")).isNull();
    far.set("k", "v");
    assertThat(near.get("k")).isEqualTo("v");
    far.delete("k");
    assertThat(near.async().get("other").join()).isNull();
    far.set("other", "v");
    assertThat(near.async().get("other").join()).isEqualTo("v");
    assertThat(near.getAll(List.of("third"))).isEmpty();
    far.set("third", "v");
    assertThat(near.get("third")).isEqualTo("v");
  }

  @Test
  void maxAge_isOver() {
    far.set("k", "v");
    near.get("k");
    far.set("k", "w");
    nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
    assertThat(near.get("k")).as("what another program has written").isEqualTo("v");
    nanos.addAndGet(1);
    assertThat(near.get("k")).isEqualTo("w");
  }

  @Test
  void getAll_asksForWhatIsNotNear() {
    far.setAll(Map.of("a", "1", "b", "2", "c", "3"));
    near.get("b");
    assertThat(near.getAll(List.of("c", "b", "a", "none", "a")))
        .containsExactly(Map.entry("c", "3"), Map.entry("b", "2"), Map.entry("a", "1"));
    assertThat(farReads()).isEqualTo(4);
    near.getAll(List.of("a", "b", "c"));
    assertThat(farReads()).isEqualTo(4);
    assertThat(near.getAll(List.of("a", "d"), keys -> Map.of("d", "4")))
        .isEqualTo(Map.of("a", "1", "d", "4"));
    assertThat(near.get("d")).isEqualTo("4");
  }

  @Test
  void loaders() {
    assertThat(near.get("k", key -> "v")).isEqualTo("v");
    assertThat(near.get("k", key -> "w")).isEqualTo("v");
    assertThat(near.async().get("x", key -> CompletableFuture.completedFuture("y")).join())
        .isEqualTo("y");
    assertThat(near.get("x")).isEqualTo("y");
    assertThat(far.get("k")).isEqualTo("v");
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() ->
            near.get(
                "bad",
                key -> {
                  throw new IllegalStateException("away");
                }));
    assertThat(near.get("bad", key -> "good")).isEqualTo("good");
  }

  @Test
  void size_isBounded() {
    Cache<String> small = Near.entries(2).of(far);
    for (int i = 0; i < 50; i++) {
      far.set("k" + i, "v");
      small.get("k" + i);
    }
    long before = farReads();
    for (int i = 0; i < 50; i++) {
      small.get("k" + i);
    }
    assertThat(farReads() - before).isGreaterThanOrEqualTo(48);
  }

  // ---- writing ----

  /** Each write, of which the next read through the same cache knows. */
  @Test
  void writes_areSeen() {
    List<Runnable> writes =
        List.of(
            () -> near.set("k", "1"),
            () -> near.set("k", "1", HOUR),
            () -> near.setAll(Map.of("k", "1")),
            () -> near.setAll(Map.of("k", "1"), HOUR),
            () -> near.replace("k", version(), "1"),
            () -> near.replace("k", version(), "1", HOUR),
            () -> near.update("k", old -> "1"),
            () -> near.add("k", 1, 0, HOUR),
            () -> near.async().set("k", "1").join(),
            () -> near.async().set("k", "1", HOUR).join(),
            () -> near.async().setAll(Map.of("k", "1")).join(),
            () -> near.async().setAll(Map.of("k", "1"), HOUR).join(),
            () -> near.async().replace("k", version(), "1").join(),
            () -> near.async().replace("k", version(), "1", HOUR).join(),
            () -> near.async().add("k", 1, 0, HOUR).join());
    for (int i = 0; i < writes.size(); i++) {
      near.set("k", "0");
      assertThat(near.get("k")).isEqualTo("0");
      writes.get(i).run();
      assertThat(near.get("k")).as("write %d", i).isEqualTo("1");
    }
  }

  private long version() {
    return requireNonNull(near.getVersioned("k")).version();
  }

  @Test
  void deletions_areSeen() {
    List<Runnable> deletions =
        List.of(
            () -> near.delete("k"),
            () -> near.delete("k", version()),
            () -> near.deleteAll(List.of("k")),
            () -> near.clear(),
            () -> near.update("k", old -> null),
            () -> near.async().delete("k").join(),
            () -> near.async().delete("k", version()).join(),
            () -> near.async().deleteAll(List.of("k")).join());
    for (int i = 0; i < deletions.size(); i++) {
      near.set("k", "v");
      near.get("k");
      deletions.get(i).run();
      assertThat(near.get("k")).as("deletion %d", i).isNull();
    }
    assertThat(near.setIfAbsent("k", "v")).isTrue();
    assertThat(near.setIfAbsent("k", "w", HOUR)).isFalse();
    assertThat(near.async().setIfAbsent("k", "w").join()).isFalse();
    assertThat(near.async().setIfAbsent("k", "w", HOUR).join()).isFalse();
    assertThat(near.touch("k", HOUR)).isTrue();
    assertThat(near.async().touch("k", HOUR).join()).isTrue();
    assertThat(near.ttl("k")).isNotEqualTo(Ttl.forever());
    assertThat(near.keys("")).containsExactly("k");
  }

  /** What is read before a write and comes after it, is not kept. */
  @Test
  void write_whileAReadIsOnItsWay() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    FutureTask<String> reader =
        new FutureTask<>(() ->
            near.get(
                "k",
                key -> {
                  asked.countDown();
                  try {
                    answered.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return "old";
                }));
    new Thread(reader).start();
    asked.await();
    near.set("k", "new");
    answered.countDown();
    assertThat(reader.get()).isEqualTo("old");
    assertThat(near.get("k")).isEqualTo("new");
  }

  // ---- failures ----

  @Test
  void failure_isNotKept() {
    speicher.close();
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> near.get("k"));
      assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> near.getAll(List.of("k")));
      assertThat(near.async().get("k")).isCompletedExceptionally();
    }
  }

  @Test
  void bounds() {
    assertThatIllegalArgumentException().isThrownBy(() -> Near.entries(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Near.entries(1).maxAge(Duration.ZERO));
  }
}
