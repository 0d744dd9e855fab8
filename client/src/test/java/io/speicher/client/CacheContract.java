package io.speicher.client;

import static io.speicher.client.Failures.failure;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.speicher.client.exception.ClosedException;
import io.speicher.client.exception.CodecException;
import io.speicher.client.exception.ContendedException;
import io.speicher.client.exception.RefusedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cache does, whatever executes its commands. */
public abstract class CacheContract {
  private static final byte[] NOT_TEXT = {(byte) 0xFF, 0, 'a', (byte) 0xC0};
  private static final Ttl HOUR = Ttl.of(Duration.ofHours(1));

  private Speicher speicher;
  private Cache<String> cache;
  private Cache<byte[]> bytes;

  /** A client without items. */
  protected abstract Speicher open() throws Exception;

  @BeforeEach
  final void openClient() throws Exception {
    speicher = open();
    cache = speicher.cache("texts", Codec.string());
    bytes = speicher.cache("texts", Codec.bytes());
  }

  @AfterEach
  final void closeClient() {
    speicher.close();
  }

  // ---- strings ----

  @Test
  final void speicher_asItBegan() {
    assertThat(speicher.set("foo", "bar")).isTrue();
    assertThat(speicher.get("foo")).isEqualTo("bar");
    assertThat(speicher.delete("foo")).isTrue();
    assertThat(speicher.get("foo")).isNull();
    assertThat(speicher.delete("foo")).isFalse();
    speicher.ping();
  }

  @Test
  final void names_keepKeysApart() {
    Cache<String> other = speicher.cache("others", Codec.string());
    cache.set("k", "v");
    other.set("k", "w");

    assertThat(cache.get("k")).isEqualTo("v");
    assertThat(speicher.get("texts:k")).isEqualTo("v");
    assertThat(speicher.cache("texts", Codec.string()).get("k")).isEqualTo("v");
    assertThat(cache.name()).isEqualTo("texts");
  }

  // ---- codecs ----

  @Test
  final void bytes_thatAreNotText() {
    bytes.set("k", NOT_TEXT);
    assertThat(bytes.get("k")).containsExactly(NOT_TEXT);
    bytes.set("k", new byte[0]);
    assertThat(bytes.get("k")).isEmpty();
    for (int b = 0; b < 256; b++) {
      bytes.set("k", new byte[] {(byte) b});
      assertThat(bytes.get("k")).containsExactly(b);
    }
  }

  @Test
  final void bytes_readAsText() {
    bytes.set("k", NOT_TEXT);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> cache.get("k"))
        .withMessageContaining("cache=texts reason=value is not UTF-8");
    failure(CodecException.class, cache.async().get("k"));
    assertThat(bytes.get("k")).as("it is still there").containsExactly(NOT_TEXT);
  }

  /** What a codec makes is what it gets, whether or not it looks like JSON. */
  @Test
  final void json_sameBytes() {
    Codec<String> json =
        new Codec<>() {
          @Override
          public ByteBuffer encode(String value) {
            return Codec.string().encode(value);
          }

          @Override
          public @Nullable String decode(ByteBuffer value) {
            return Codec.string().decode(value);
          }

          @Override
          public boolean isJson() {
            return true;
          }
        };
    Cache<String> documents = speicher.cache("texts", json);
    for (String text :
        List.of("{\"a\": 1}", "\"quoted\"", " \"q\"", "null", "1e400", "[\"\\u0041\"]")) {
      documents.set("k", text);
      assertThat(present(documents, "k").strip()).isEqualTo(text.strip());
      assertThat(present(cache, "k").strip()).as("seen by others").isEqualTo(text.strip());
    }
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> documents.set("k", "1}"));
  }

  private static String present(Cache<String> cache, String key) {
    return requireNonNull(cache.get(key));
  }

  @Test
  final void jsonText_readsStringsInQuotes() {
    Cache<String> json = speicher.cache("texts", Codec.json());
    cache.set("k", "a \"b\"");
    assertThat(json.get("k")).isEqualTo("\"a \\\"b\\\"\"");
    json.set("k", "\"\\u0041\"");
    assertThat(cache.get("k")).isEqualTo("A");
  }

  @Test
  final void longs() {
    Cache<Long> numbers = speicher.cache("texts", Codec.longs());
    numbers.set("k", Long.MIN_VALUE);
    assertThat(numbers.get("k")).isEqualTo(Long.MIN_VALUE);
    assertThat(cache.get("k")).isEqualTo("-9223372036854775808");
    cache.set("k", "one");
    assertThatExceptionOfType(CodecException.class).isThrownBy(() -> numbers.get("k"));
  }

  @Test
  final void versioned_otherVersionIsAMiss() {
    Cache<String> first = speicher.cache("texts", Codec.string().versioned("user", 1));
    Cache<String> second = speicher.cache("texts", Codec.string().versioned("user", 2));
    first.set("k", "v");

    assertThat(first.get("k")).isEqualTo("v");
    assertThat(second.get("k")).isNull();
    assertThat(second.update("k", old -> old + "!")).isEqualTo("null!");
    assertThat(first.get("k")).isNull();
    cache.set("k", "v");
    assertThat(first.get("k")).as("without a header").isNull();
  }

  @Test
  final void codec_thatThrows() {
    Cache<String> broken =
        speicher.cache(
            "texts",
            Codec.of(
                value -> {
                  throw new IllegalStateException("no " + value);
                },
                stored -> {
                  throw new IllegalStateException("no " + stored.length);
                }));
    cache.set("k", "12");
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> broken.set("k", "2"))
        .withMessage("encode failed: cache=texts reason=no 2")
        .withCauseInstanceOf(IllegalStateException.class);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> broken.get("k"))
        .withMessage("decode failed: cache=texts reason=no 2");
    failure(CodecException.class, broken.async().set("k", "2"));
    assertThat(cache.get("k")).isEqualTo("12");
  }

  @Test
  final void onFailure_miss() throws Exception {
    Cache<String> open = speicher.cache("texts", Codec.string(), o -> o.onFailure(OnFailure.MISS));
    bytes.set("k", NOT_TEXT);
    assertThat(open.get("k")).isNull();
    assertThat(open.async().get("k").get()).isNull();
    assertThat(open.getAll(List.of("k"))).isEmpty();
    assertThat(open.async().getAll(List.of("k")).get()).isEmpty();
    while (open.stats().failures() < 4) {
      Thread.onSpinWait(); // A future may be complete before it is counted.
    }
    assertThat(open.stats().failures()).isEqualTo(4);
    assertThat(open.stats().misses()).isEqualTo(4);

    open.set("k", "half \ud83d");
    assertThat(bytes.get("k")).as("an old value is worse than none").isNull();
    bytes.set("k", NOT_TEXT);
    open.async().set("k", "half \ud83d").get();
    assertThat(bytes.get("k")).isNull();
    assertThatNullPointerException().isThrownBy(() -> open.get(nothing()));
  }

  @SuppressWarnings("NullAway") // As a caller whose compiler lets it pass.
  private static String nothing() {
    return null;
  }

  // ---- conditions ----

  @Test
  final void setIfAbsent() throws Exception {
    assertThat(cache.setIfAbsent("k", "v")).isTrue();
    assertThat(cache.setIfAbsent("k", "w", HOUR)).isFalse();
    assertThat(cache.async().setIfAbsent("k", "w").get()).isFalse();
    assertThat(cache.get("k")).isEqualTo("v");
  }

  @Test
  final void replace() throws Exception {
    assertThat(cache.getVersioned("k")).isNull();
    assertThat(cache.replace("k", 1, "v")).as("there is none").isFalse();
    cache.set("k", "v");
    Versioned<String> present = requireNonNull(cache.getVersioned("k"));

    assertThat(present.value()).isEqualTo("v");
    assertThat(cache.replace("k", present.version(), "w", HOUR)).isTrue();
    assertThat(cache.replace("k", present.version(), "x")).isFalse();
    assertThat(cache.async().replace("k", present.version(), "x").get()).isFalse();
    assertThat(cache.get("k")).isEqualTo("w");
  }

  @Test
  final void delete_version() throws Exception {
    cache.set("k", "v");
    long old = requireNonNull(cache.getVersioned("k")).version();
    cache.set("k", "w");

    assertThat(cache.delete("k", old)).isFalse();
    assertThat(cache.async().delete("k", old).get()).isFalse();
    assertThat(cache.delete("k", requireNonNull(cache.getVersioned("k")).version())).isTrue();
    assertThat(cache.delete("k", old)).isFalse();
  }

  @Test
  final void update() {
    assertThat(cache.update("k", old -> old == null ? "a" : old + "b")).isEqualTo("a");
    assertThat(cache.update("k", old -> old == null ? "a" : old + "b")).isEqualTo("ab");
    assertThat(cache.get("k")).isEqualTo("ab");
    assertThat(cache.update("k", old -> null)).isNull();
    assertThat(cache.get("k")).isNull();
    assertThat(cache.update("k", old -> old)).as("nothing to be changed").isNull();
  }

  @Test
  final void update_ofMany() throws Exception {
    Cache<Long> numbers = speicher.cache("numbers", Codec.longs());
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(
          start(() -> {
            for (int round = 0; round < 25; round++) {
              numbers.update("n", old -> old == null ? 1 : old + 1);
            }
          }));
    }
    for (FutureTask<Boolean> task : tasks) {
      task.get();
    }
    assertThat(numbers.get("n")).isEqualTo(100);
  }

  @Test
  final void update_beatenEachTime() {
    AtomicInteger attempts = new AtomicInteger();
    assertThatExceptionOfType(ContendedException.class)
        .isThrownBy(() ->
            cache.update(
                "k",
                old -> {
                  cache.set("k", "other " + attempts.incrementAndGet());
                  return "v";
                }));
    assertThat(attempts).hasValue(64);
    assertThat(cache.get("k")).isEqualTo("other 64");
  }

  // ---- counters, time to live ----

  @Test
  final void add() throws Exception {
    assertThat(cache.add("n", 5, 10, HOUR)).isEqualTo(10);
    assertThat(cache.add("n", 5, 10, HOUR)).isEqualTo(15);
    assertThat(cache.add("n", -20, 10, Ttl.forever())).isEqualTo(-5);
    assertThat(cache.async().add("n", 1, 10, HOUR).get()).isEqualTo(-4);
    assertThat(cache.get("n")).isEqualTo("-4");
    cache.set("n", "many");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> cache.add("n", 1, 0, HOUR))
        .satisfies(e -> assertThat(e.statusCode()).isEqualTo(409));
  }

  @Test
  final void touch() throws Exception {
    assertThat(cache.touch("k", HOUR)).isFalse();
    cache.set("k", "v", Ttl.of(Duration.ofHours(2)));
    assertThat(cache.touch("k", Ttl.forever())).isTrue();
    assertThat(cache.async().touch("k", HOUR).get()).isTrue();
    assertThat(cache.get("k")).isEqualTo("v");
  }

  @Test
  final void ttl() throws Exception {
    assertThat(cache.ttl("k")).isNull();
    cache.set("k", "v");
    assertThat(cache.ttl("k")).isEqualTo(Ttl.forever());
    assertThat(cache.async().ttl("k").get()).isEqualTo(Ttl.forever());
    cache.touch("k", HOUR);
    assertThat(requireNonNull(cache.ttl("k")).duration())
        .isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
    assertThat(cache.async().ttl("k").get()).isNotEqualTo(Ttl.forever());
  }

  @Test
  final void ttl_isOver() {
    Cache<String> brief = speicher.cache("brief", Codec.string(), o -> o.ttl(Duration.ofMillis(1)));
    brief.set("set", "v");
    brief.setAll(Map.of("setAll", "v"));
    brief.setIfAbsent("setIfAbsent", "v");
    brief.set("long", "v", HOUR);
    brief.add("add", 1, 1, Ttl.of(Duration.ofMillis(1)));
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3);
    while (System.nanoTime() < endNanos) {
      Thread.onSpinWait();
    }
    assertThat(brief.getAll(List.of("set", "setAll", "setIfAbsent", "add", "long")))
        .containsOnlyKeys("long");
  }

  // ---- batches ----

  @Test
  final void batches() throws Exception {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < 2_000; i++) {
      values.put("k" + i, "v" + i);
    }
    cache.setAll(values);
    List<String> keys = new ArrayList<>(values.keySet());
    keys.add(700, "nope");
    keys.add("k0");

    assertThat(cache.getAll(keys)).isEqualTo(values);
    assertThat(cache.getAll(keys).keySet()).containsExactlyElementsOf(values.keySet());
    assertThat(cache.async().getAll(keys).get()).isEqualTo(values);
    assertThat(cache.getAll(List.of())).isEmpty();
    assertThat(cache.deleteAll(List.of("k0", "k1", "k0", "nope"))).isEqualTo(2);
    assertThat(cache.async().deleteAll(values.keySet()).get()).isEqualTo(1_998);
    cache.async().setAll(values, HOUR).get();
    assertThat(cache.getAll(keys)).hasSize(2_000);
  }

  @Test
  final void batches_ofAllSortsOfKeys() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : List.of("plain", "ключ", "a \"quote\"", "back\\slash", "\ud83d\ude00")) {
      values.put(key, key + "\n!");
    }
    cache.setAll(values);
    assertThat(cache.getAll(values.keySet())).isEqualTo(values);
    assertThat(cache.getAll(List.of("ключ", "nope", "ключ"))).isEqualTo(Map.of("ключ", "ключ\n!"));
    assertThat(cache.stats().hits()).isEqualTo(7);
    assertThat(cache.stats().misses()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.getAll(List.of("plain", "half \ud83d")))
        .withMessageStartingWith("key holds half of a surrogate pair");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.getAll(List.of("plain", "")))
        .withMessageStartingWith("key empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.async().getAll(List.of("x".repeat(65_536))))
        .withMessageStartingWith("key too long");
  }

  @Test
  final void batches_ofBytesThatAreNotText() {
    bytes.setAll(Map.of("a", NOT_TEXT, "b", new byte[] {'x'}));
    assertThat(bytes.getAll(List.of("b", "a", "c")).get("a")).containsExactly(NOT_TEXT);
  }

  // ---- all of it ----

  @Test
  final void keys() {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < 1_500; i++) {
      values.put((i < 10 ? "few*" : "many") + i, "v");
    }
    cache.setAll(values);
    speicher.set("texts", "no key of the cache");
    speicher.set("texts-few*", "neither");

    assertThat(cache.keys("").distinct()).containsExactlyInAnyOrderElementsOf(values.keySet());
    assertThat(cache.keys("few*").distinct()).hasSize(10);
    assertThat(cache.keys("m").findFirst()).isPresent();
    assertThat(cache.keys("x".repeat(2_000))).isEmpty();
  }

  @Test
  final void clear() {
    Cache<String> other = speicher.cache("other", Codec.string());
    other.set("k", "v");
    for (int i = 0; i < 1_200; i++) {
      cache.set("k" + i, "v");
    }
    cache.clear();
    assertThat(cache.keys("")).isEmpty();
    assertThat(other.get("k")).isEqualTo("v");

    speicher.cache("", Codec.string()).clear();
    assertThat(other.get("k")).isNull();
  }

  /** Declaring it once more is no mistake, and what another one is loading is not stored. */
  @Test
  final void clear_whileItIsLoaded() {
    for (int i = 0; i < 2; i++) {
      assertThat(
              cache.get(
                  "k",
                  key -> {
                    otherProcess().clear();
                    return "old";
                  }))
          .isEqualTo("old");
      assertThat(cache.get("k")).isNull();
    }
  }

  /** A client's namespace need not end so that a server can know it. */
  @Test
  final void clear_nameThatIsNoNamespace() {
    Cache<String> odd = speicher.cache("x".repeat(300), Codec.string());
    odd.set("k", "v");
    cache.set("k", "v");
    odd.clear();
    assertThat(odd.get("k")).isNull();
    assertThat(cache.get("k")).isEqualTo("v");
  }

  @Test
  final void tags() throws Exception {
    Cache<String> others = speicher.cache("others", Codec.string());
    cache.set("a", "v", HOUR, List.of("red", "new"));
    cache.set("b", "v", HOUR, List.of("red"));
    cache.set("c", "v", HOUR, List.of());
    cache.set("d", "v", HOUR, List.of("red"));
    cache.set("d", "w");
    cache.async().set("e", "v", HOUR, List.of("new")).get();
    others.set("a", "v", HOUR, List.of("red"));
    assertThat(requireNonNull(cache.ttl("a"))).isNotEqualTo(Ttl.forever());

    cache.invalidateTag("red");
    assertThat(cache.getAll(List.of("a", "b", "c", "d", "e")))
        .isEqualTo(Map.of("c", "v", "d", "w", "e", "v"));
    assertThat(others.get("a")).isEqualTo("v");
    cache.async().invalidateTag("new").get();
    assertThat(cache.get("e")).isNull();
    cache.invalidateTag("of nothing");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.set("k", "v", HOUR, List.of("")))
        .withMessageStartingWith("tag empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.invalidateTag("x".repeat(251)))
        .withMessageStartingWith("length of a tag out of bounds");
  }

  // ---- loaders ----

  @Test
  final void load() throws Exception {
    assertThat(cache.get("k", key -> key + "!")).isEqualTo("k!");
    assertThat(cache.get("k", key -> "other")).isEqualTo("k!");
    assertThat(cache.get("none", key -> null)).isNull();
    assertThat(cache.getAll(List.of("a", "k", "b"), keys -> Map.of("a", "1")))
        .isEqualTo(Map.of("a", "1", "k", "k!"));
    assertThat(cache.get("a")).isEqualTo("1");
    assertThat(cache.async().get("x", key -> CompletableFuture.completedFuture(key + "?")).get())
        .isEqualTo("x?");
    assertThat(cache.get("x")).isEqualTo("x?");
    assertThat(cache.stats().loads()).isEqualTo(4);
  }

  @Test
  final void load_ofNothing_isRememberedIfAsked() throws Exception {
    Duration hour = Duration.ofHours(1);
    Cache<String> patient = speicher.cache("c", Codec.string(), o -> o.negativeFor(hour));
    AtomicInteger loads = new AtomicInteger();
    Loader<String> none =
        key -> {
          loads.incrementAndGet();
          return null;
        };
    for (int i = 0; i < 3; i++) {
      assertThat(patient.get("k", none)).isNull();
      assertThat(
              patient
                  .async()
                  .get("k", key -> CompletableFuture.completedFuture(none.load(key)))
                  .get())
          .isNull();
    }
    assertThat(loads).hasValue(1);
    assertThat(patient.getAll(List.of("k", "a"), keys -> Map.of(keys.iterator().next(), "v")))
        .isEqualTo(Map.of("a", "v"));

    speicher.cache("c", Codec.string()).set("k", "of another cache");
    assertThat(patient.get("k", none)).isEqualTo("of another cache");
    patient.delete("k");
    assertThat(patient.get("k", none)).isNull();
    assertThat(loads).as("what is written is forgotten").hasValue(2);

    assertThat(patient.getAll(List.of("k", "x"), keys -> Map.of())).isEmpty();
    assertThat(patient.get("x", none)).isNull();
    assertThat(loads).as("the loader of many had none either").hasValue(2);
    patient.clear();
    assertThat(patient.get("x", none)).isNull();
    assertThat(loads).hasValue(3);
  }

  @Test
  final void load_ofNothing_isRememberedForAShortTime() {
    Cache<String> brief =
        speicher.cache("c", Codec.string(), o -> o.negativeFor(Duration.ofMillis(5)));
    AtomicInteger loads = new AtomicInteger();
    while (loads.get() < 3) {
      assertThat(brief.get("k", key -> loads.incrementAndGet() > 3 ? key : null)).isNull();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> speicher.cache("c", Codec.string(), o -> o.negativeFor(Duration.ofMillis(-1))));
  }

  @Test
  final void load_onceForAllWhoAsk() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      tasks.add(
          start(() ->
              assertThat(
                      cache.get(
                          "k",
                          key -> {
                            loads.incrementAndGet();
                            loading.countDown();
                            await(mayReturn);
                            return "v";
                          }))
                  .isEqualTo("v")));
    }
    loading.await();
    CompletableFuture<@Nullable String> async =
        cache.async().get("k", key -> CompletableFuture.completedFuture("other"));
    mayReturn.countDown();
    for (FutureTask<Boolean> task : tasks) {
      task.get();
    }
    assertThat(async.get()).isEqualTo("v");
    assertThat(loads).hasValue(1);
  }

  @Test
  final void load_thatThrows() {
    assertThatIllegalStateException()
        .isThrownBy(() ->
            cache.get(
                "k",
                key -> {
                  throw new IllegalStateException("in a loader");
                }));
    assertThat(cache.get("k", key -> "v")).isEqualTo("v");
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
  }

  @Test
  final void load_ofWhatIsWrittenMeanwhile() {
    assertThat(
            cache.get(
                "deleted",
                key -> {
                  cache.delete(key);
                  return "old";
                }))
        .isEqualTo("old");
    cache.get(
        "set",
        key -> {
          cache.set(key, "new");
          return "old";
        });
    cache.get(
        "cleared",
        key -> {
          cache.clear();
          return "old";
        });
    assertThat(cache.get("deleted")).isNull();
    assertThat(cache.get("cleared")).isNull();
  }

  /** The others do not wait for ever. */
  @Test
  final void load_thatHangs() throws Exception {
    Cache<String> hasty =
        speicher.cache("hasty", Codec.string(), o -> o.lease(Duration.ofMillis(20)));
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    FutureTask<Boolean> hanging =
        start(() ->
            hasty.get(
                "k",
                key -> {
                  loading.countDown();
                  await(mayReturn);
                  return "late";
                }));
    loading.await();
    assertThat(hasty.get("k", key -> "v")).isEqualTo("v");
    mayReturn.countDown();
    hanging.get();
  }

  /** Another cache of the same name knows nothing of this one, as if it were another process. */
  private Cache<String> otherProcess() {
    return speicher.cache("texts", Codec.string());
  }

  @Test
  final void load_onceInTheFleet() throws Exception {
    Cache<String> other = otherProcess();
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    FutureTask<Boolean> loader = start(() -> assertThat(load(loading, mayReturn)).isEqualTo("v"));
    loading.await();
    List<FutureTask<Boolean>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(start(() -> assertThat(other.get("k", key -> "second")).isEqualTo("v")));
    }
    CompletableFuture<@Nullable String> async =
        other.async().get("k", key -> CompletableFuture.completedFuture("third"));
    mayReturn.countDown();

    for (FutureTask<Boolean> task : waiting) {
      task.get();
    }
    assertThat(async.get()).isEqualTo("v");
    loader.get();
    assertThat(other.stats().loads()).isZero();
    assertThat(cache.stats().loads()).isEqualTo(1);
  }

  private @Nullable String load(CountDownLatch loading, CountDownLatch mayReturn) {
    return cache.get(
        "k",
        key -> {
          loading.countDown();
          await(mayReturn);
          return "v";
        });
  }

  /** Nobody waits for a lease of an hour whose owner has failed, or has found nothing. */
  @Test
  final void load_thatFails_isNextOnes() throws Exception {
    Cache<String> slow = speicher.cache("texts", Codec.string(), o -> o.lease(Duration.ofHours(1)));
    assertThatIllegalStateException().isThrownBy(() -> slow.get("k", CacheContract::failing));
    assertThat(otherProcess().get("k", key -> "v")).isEqualTo("v");

    assertThat(slow.get("none", key -> null)).isNull();
    assertThat(otherProcess().get("none", key -> "v")).isEqualTo("v");

    failure(
        IllegalStateException.class,
        slow.async()
            .get("async", key -> CompletableFuture.failedFuture(new IllegalStateException())));
    assertThat(otherProcess().get("async", key -> "v")).isEqualTo("v");
  }

  private static String failing(String key) {
    throw new IllegalStateException("in a loader");
  }

  @Test
  final void load_ofWhatOthersWriteMeanwhile() {
    Cache<String> other = otherProcess();
    assertThat(
            cache.get(
                "deleted",
                key -> {
                  other.delete(key);
                  return "old";
                }))
        .isEqualTo("old");
    cache.get(
        "set",
        key -> {
          other.set(key, "new");
          return "old";
        });
    assertThat(cache.get("deleted")).isNull();
    assertThat(cache.get("set")).isEqualTo("new");
  }

  @Test
  final void load_ofWhatTheCodecDoesNotKnow() {
    cache.set("k", "of version 1");
    Cache<String> versioned = speicher.cache("texts", Codec.string().versioned("text", 2));
    assertThat(versioned.get("k", key -> "v")).isEqualTo("v");
    assertThat(versioned.get("k")).isEqualTo("v");
  }

  /** One loads, and the others live on the old value. */
  @Test
  final void invalidate() throws Exception {
    assertThat(cache.invalidate("k", Duration.ofHours(1))).isFalse();
    cache.set("k", "old");
    assertThat(cache.invalidate("k", Duration.ofHours(1))).isTrue();
    assertThat(cache.get("k")).isEqualTo("old");
    assertThat(requireNonNull(cache.ttl("k")).duration()).isLessThanOrEqualTo(Duration.ofHours(1));

    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    FutureTask<Boolean> loader = start(() -> assertThat(load(loading, mayReturn)).isEqualTo("v"));
    loading.await();
    assertThat(otherProcess().get("k", key -> "second")).isEqualTo("old");
    assertThat(otherProcess().async().get("k", key -> CompletableFuture.completedFuture("x")).get())
        .isEqualTo("old");
    mayReturn.countDown();
    loader.get();
    assertThat(cache.get("k", key -> "second")).isEqualTo("v");

    assertThat(cache.async().invalidate("k", Duration.ofHours(1)).get()).isTrue();
    assertThat(cache.async().get("k", key -> CompletableFuture.completedFuture("w")).get())
        .isEqualTo("w");
  }

  /** The old value outlives a loader that fails. */
  @Test
  final void invalidate_loaderFails() {
    cache.set("k", "old");
    cache.invalidate("k", Duration.ofHours(1));
    assertThatIllegalStateException().isThrownBy(() -> cache.get("k", CacheContract::failing));
    assertThat(otherProcess().get("k", key -> "second")).isEqualTo("old");
  }

  /** What soon ends is loaded by one in the background, and nobody waits. */
  @Test
  final void refreshEarly() throws Exception {
    Cache<String> early =
        speicher.cache("texts", Codec.string(), o -> o.ttl(Duration.ofHours(1)).refreshEarly(0.1));
    cache.set("fresh", "old", HOUR);
    assertThat(early.get("fresh", key -> "new")).isEqualTo("old");

    Ttl halfAnHour = Ttl.of(Duration.ofMinutes(30));
    cache.set("k", "old", halfAnHour);
    cache.set("async", "old", halfAnHour);
    CountDownLatch mayReturn = new CountDownLatch(1);
    assertThat(
            early.get(
                "k",
                key -> {
                  await(mayReturn);
                  return "new";
                }))
        .isEqualTo("old");
    assertThat(early.get("k", key -> "second")).isEqualTo("old");
    mayReturn.countDown();
    awaitValue("k", "new");

    assertThat(early.async().get("async", key -> CompletableFuture.completedFuture("new")).get())
        .isEqualTo("old");
    awaitValue("async", "new");
    assertThat(requireNonNull(cache.ttl("k")).duration()).isGreaterThan(Duration.ofMinutes(50));
    assertThat(early.stats().loads()).isEqualTo(2);
  }

  private void awaitValue(String key, String value) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!value.equals(cache.get(key))) {
      assertThat(System.nanoTime()).as("nothing was stored").isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  @Test
  final void staleFor_isAddedToTheTimeToLive() {
    Cache<String> patient =
        speicher.cache("texts", Codec.string(), o -> o.ttl(HOUR).staleFor(Duration.ofHours(1)));
    patient.set("k", "v");
    assertThat(requireNonNull(cache.ttl("k")).duration()).isGreaterThan(Duration.ofMinutes(110));
    assertThat(patient.get("k", key -> "new")).isEqualTo("v");
    assertThat(patient.stats().loads()).isZero();

    cache.set("k", "old", Ttl.of(Duration.ofMinutes(30)));
    assertThat(patient.get("k", key -> "new")).isEqualTo("old");
    awaitValue("k", "new");
  }

  @Test
  final void load_ofItself() {
    assertThat(cache.get("k", key -> cache.get(key, again -> "v") + "!")).isEqualTo("v!");
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing happened");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static FutureTask<Boolean> start(Runnable work) {
    FutureTask<Boolean> task = new FutureTask<>(work, true);
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  // ---- arguments, statistics, the end ----

  @Test
  final void arguments() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.get(""))
        .withMessageStartingWith("key empty: ");
    assertThatIllegalArgumentException().isThrownBy(() -> cache.keys("\ud83d"));
    assertThatNullPointerException()
        .isThrownBy(() -> cache.set("k", nothing()))
        .withMessage("value=null (expected: not null)");
    assertThatIllegalArgumentException().isThrownBy(() -> Ttl.of(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> HOUR.jitter(1.1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.invalidate("k", Duration.ZERO))
        .withMessageStartingWith("ttl=PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> speicher.cache("c", Codec.string(), o -> o.lease(Duration.ofMinutes(61))))
        .withMessage("lease=PT1H1M (expected: PT0.001S..PT1H)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> speicher.cache("c", Codec.string(), o -> o.refreshEarly(0)))
        .withMessage("refreshEarly=0.0 (expected: more than 0, 1 at the most)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> speicher.cache("c", Codec.string(), o -> o.staleFor(Duration.ofMillis(-1))))
        .withMessageStartingWith("staleFor=PT-0.001S");
  }

  @Test
  final void stats() {
    cache.set("k", "v");
    cache.get("k");
    cache.get("nope");
    cache.getAll(List.of("k", "nope"));
    cache.delete("k");

    assertThat(cache.stats()).isEqualTo(new CacheStats(2, 0, 2, 1, 1, 0, 0, 0));
    assertThat(cache.stats().hitRatio()).isEqualTo(0.5);
  }

  @Test
  final void close_failsWhatFollows() {
    speicher.close();
    speicher.close();
    assertThatExceptionOfType(ClosedException.class).isThrownBy(() -> cache.get("k"));
    failure(ClosedException.class, cache.async().get("k"));
  }
}
