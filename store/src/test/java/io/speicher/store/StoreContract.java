package io.speicher.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.store.PutOptions.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link Store} promises, as tests. The test of a store extends this class and makes the
 * store.
 *
 * <p>Nothing here knows how a store evicts or what an item costs; budgets are given so generously
 * or so tightly that any sound store behaves as asked.
 */
public abstract class StoreContract {
  private static final long PLENTY = 64 << 20;
  private static final long TIGHT = 4 << 20;

  private final FakeTicker ticker = new FakeTicker();
  private final List<Store> stores = new ArrayList<>();

  /** Makes the store under test. */
  protected abstract Store create(long budgetBytes, Ticker ticker);

  @AfterEach
  void closeStores() {
    stores.forEach(Store::close);
  }

  protected final Store store(long budgetBytes) {
    Store store = create(budgetBytes, ticker);
    stores.add(store);
    return store;
  }

  // ---- get, put, delete ----

  @Test
  void get_neverPut() {
    assertThat(get(store(PLENTY), "nope")).isEmpty();
  }

  @Test
  void put_thenGet() {
    Store store = store(PLENTY);

    assertThat(put(store, "foo", "bar")).isEqualTo(PutResult.STORED);

    assertThat(get(store, "foo")).contains("bar");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void put_again_replaces() {
    Store store = store(PLENTY);
    put(store, "foo", "a longer value than the one that comes after it");

    put(store, "foo", "bar");

    assertThat(get(store, "foo")).contains("bar");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void put_emptyValue() {
    Store store = store(PLENTY);
    put(store, "foo", "");
    assertThat(get(store, "foo")).contains("");
  }

  @Test
  void put_neighbours_keepTheirValues() {
    Store store = store(PLENTY);
    for (int i = 0; i < 10_000; i++) {
      put(store, "key-" + i, "value-" + i);
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(get(store, "key-" + i)).contains("value-" + i);
    }
    assertThat(store.stats().itemCount()).isEqualTo(10_000);
  }

  @Test
  void put_keysThatBeginAlike() {
    Store store = store(PLENTY);
    String key = "";
    for (int i = 1; i <= 300; i++) {
      key += "a";
      put(store, key, "value-" + i);
    }
    for (int i = 1; i <= 300; i++) {
      assertThat(get(store, "a".repeat(i))).contains("value-" + i);
    }
  }

  @Test
  void delete_present() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    put(store, "other", "one");

    assertThat(store.delete(bytes("foo"))).isTrue();

    assertThat(get(store, "foo")).isEmpty();
    assertThat(get(store, "other")).contains("one");
    assertThat(store.delete(bytes("foo"))).isFalse();
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void delete_absent() {
    assertThat(store(PLENTY).delete(bytes("nope"))).isFalse();
  }

  @Test
  void delete_thenPut() {
    Store store = store(PLENTY);
    put(store, "foo", "old");
    store.delete(bytes("foo"));
    put(store, "foo", "new");
    assertThat(get(store, "foo")).contains("new");
  }

  @Test
  void clear_removesEverything() {
    Store store = store(PLENTY);
    for (int i = 0; i < 1_000; i++) {
      put(store, "key-" + i, "value", ttl(i % 2 == 0 ? 1_000 : PutOptions.NO_TTL));
    }

    store.clear();

    for (int i = 0; i < 1_000; i++) {
      assertThat(get(store, "key-" + i)).isEmpty();
    }
    assertThat(store.stats().itemCount()).isZero();
    put(store, "key-0", "again");
    assertThat(get(store, "key-0")).contains("again");
  }

  // ---- keys and values as bytes ----

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 255, 256, 4_096, 65_534, 65_535})
  void key_ofEveryLength(int keyBytes) {
    Store store = store(PLENTY);
    ByteBuffer key = pattern(keyBytes, 1);
    ByteBuffer other = pattern(keyBytes, 2);
    store.put(key, bytes("bar"), PutOptions.DEFAULT);

    assertThat(get(store, key)).contains("bar");
    assertThat(get(store, other)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 65_536, 100_000})
  void key_lengthOutOfBounds(int keyBytes) {
    Store store = store(PLENTY);
    ByteBuffer key = ByteBuffer.allocate(keyBytes);
    String message = "key length out of bounds: keyBytes=" + keyBytes + " (expected: 1..65535)";

    assertThatThrownBy(() -> store.get(key, item -> {})).hasMessage(message);
    assertThatThrownBy(() -> store.put(key, bytes("v"), PutOptions.DEFAULT)).hasMessage(message);
    assertThatThrownBy(() -> store.delete(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void key_ofAnyBytes() {
    Store store = store(PLENTY);
    for (int b = 0; b < 256; b++) {
      store.put(ByteBuffer.wrap(new byte[] {(byte) b}), bytes("value-" + b), PutOptions.DEFAULT);
    }
    for (int b = 0; b < 256; b++) {
      assertThat(get(store, ByteBuffer.wrap(new byte[] {(byte) b}))).contains("value-" + b);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 1_000, 65_536, 1 << 20, 20 << 20})
  void value_ofEveryLength(int valueBytes) {
    Store store = store(PLENTY);
    assertThat(store.put(bytes("k"), pattern(valueBytes, 7), PutOptions.DEFAULT))
        .isEqualTo(PutResult.STORED);
    assertThat(valueOf(store, bytes("k"))).isEqualTo(pattern(valueBytes, 7));
  }

  @Test
  void buffers_ofAnySort_keepTheirPositions() {
    Store store = store(PLENTY);
    ByteBuffer key = ByteBuffer.allocateDirect(20).put(3, "key".getBytes(StandardCharsets.UTF_8));
    key.position(3).limit(6);
    ByteBuffer value = ByteBuffer.wrap("..value..".getBytes(StandardCharsets.UTF_8), 2, 5);

    store.put(key, value.asReadOnlyBuffer(), PutOptions.DEFAULT);
    store.put(bytes("other"), value, PutOptions.DEFAULT);
    store.get(key, item -> {});

    assertThat(get(store, "key")).contains("value");
    assertThat(get(store, key)).contains("value");
    assertThat(key.position()).isEqualTo(3);
    assertThat(key.limit()).isEqualTo(6);
    assertThat(value.position()).isEqualTo(2);
    assertThat(value.remaining()).isEqualTo(5);
    assertThat(store.delete(key)).isTrue();
    assertThat(key.position()).isEqualTo(3);
  }

  @Test
  void buffers_areTheCallersAgain() {
    Store store = store(PLENTY);
    byte[] key = "key".getBytes(StandardCharsets.UTF_8);
    byte[] value = "value".getBytes(StandardCharsets.UTF_8);
    store.put(ByteBuffer.wrap(key), ByteBuffer.wrap(value), PutOptions.DEFAULT);

    Arrays.fill(key, (byte) 'x');
    Arrays.fill(value, (byte) 'x');

    assertThat(get(store, "key")).contains("value");
    assertThat(get(store, "xxx")).isEmpty();
  }

  // ---- what is kept beside a value ----

  @Test
  void item_keepsKindAndFlags() {
    Store store = store(PLENTY);
    for (int kind = 0; kind <= 3; kind++) {
      PutOptions options = PutOptions.DEFAULT.withKind(kind).withFlags(0xCAFE_0000 + kind);
      put(store, "foo", "bar", options);
      Seen seen = see(store, "foo");
      assertThat(seen.kind).isEqualTo(kind);
      assertThat(seen.flags).isEqualTo(0xCAFE_0000 + kind);
    }
    put(store, "foo", "bar");
    assertThat(see(store, "foo").kind).isZero();
    assertThat(see(store, "foo").flags).isZero();
  }

  @Test
  void item_tellsItsExpiry() {
    Store store = store(PLENTY);
    put(store, "mortal", "bar", ttl(1_234));
    put(store, "immortal", "bar");

    assertThat(see(store, "mortal").expiresAtMillis).isEqualTo(ticker.millis() + 1_234);
    assertThat(see(store, "immortal").expiresAtMillis).isEqualTo(Item.NEVER);
  }

  @Test
  void version_differsForEveryValue() {
    Store store = store(PLENTY);
    long last = 0;
    for (int i = 0; i < 100; i++) {
      put(store, "foo", "same");
      long version = see(store, "foo").version;
      assertThat(version).isPositive().isNotEqualTo(last);
      assertThat(see(store, "foo").version).isEqualTo(version);
      last = version;
      if (i % 3 == 0) {
        store.delete(bytes("foo"));
      }
    }
  }

  @Test
  void options_outOfBounds() {
    assertThatThrownBy(() -> PutOptions.DEFAULT.withKind(4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PutOptions.DEFAULT.withTtlMillis(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- conditions ----

  @Test
  void put_ifAbsent() {
    Store store = store(PLENTY);
    PutOptions ifAbsent = PutOptions.DEFAULT.withCondition(Condition.IF_ABSENT);

    assertThat(put(store, "foo", "first", ifAbsent)).isEqualTo(PutResult.STORED);
    assertThat(put(store, "foo", "second", ifAbsent)).isEqualTo(PutResult.KEY_PRESENT);

    assertThat(get(store, "foo")).contains("first");
  }

  @Test
  void put_ifPresent() {
    Store store = store(PLENTY);
    PutOptions ifPresent = PutOptions.DEFAULT.withCondition(Condition.IF_PRESENT);

    assertThat(put(store, "foo", "first", ifPresent)).isEqualTo(PutResult.KEY_ABSENT);
    assertThat(get(store, "foo")).isEmpty();

    put(store, "foo", "second");
    assertThat(put(store, "foo", "third", ifPresent)).isEqualTo(PutResult.STORED);
    assertThat(get(store, "foo")).contains("third");
  }

  @Test
  void put_ifVersion() {
    Store store = store(PLENTY);
    assertThat(put(store, "foo", "x", ifVersion(1))).isEqualTo(PutResult.KEY_ABSENT);
    put(store, "foo", "first");
    long version = see(store, "foo").version;

    assertThat(put(store, "foo", "second", ifVersion(version))).isEqualTo(PutResult.STORED);
    assertThat(put(store, "foo", "third", ifVersion(version))).isEqualTo(PutResult.KEY_PRESENT);

    assertThat(get(store, "foo")).contains("second");
  }

  @Test
  void put_conditionOnAnExpiredItem() {
    Store store = store(PLENTY);
    put(store, "foo", "old", ttl(10));
    ticker.advance(Duration.ofMillis(10));

    PutOptions ifPresent = PutOptions.DEFAULT.withCondition(Condition.IF_PRESENT);
    assertThat(put(store, "foo", "new", ifPresent)).isEqualTo(PutResult.KEY_ABSENT);
    PutOptions ifAbsent = PutOptions.DEFAULT.withCondition(Condition.IF_ABSENT);
    assertThat(put(store, "foo", "new", ifAbsent)).isEqualTo(PutResult.STORED);
  }

  // ---- time to live ----

  @Test
  void get_expired() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(10_000));
    ticker.advance(Duration.ofMillis(9_999));
    assertThat(get(store, "foo")).contains("bar");

    ticker.advance(Duration.ofMillis(1));
    assertThat(get(store, "foo")).isEmpty();
  }

  @Test
  void delete_expired() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1));
    ticker.advance(Duration.ofMillis(1));
    assertThat(store.delete(bytes("foo"))).isFalse();
  }

  @Test
  void put_again_forgetsTheTimeToLive() {
    Store store = store(PLENTY);
    put(store, "foo", "mortal", ttl(10));
    put(store, "foo", "immortal");
    ticker.advance(Duration.ofDays(1_000));
    store.maintain();
    assertThat(get(store, "foo")).contains("immortal");
  }

  @Test
  void put_again_shortensTheTimeToLive() {
    Store store = store(PLENTY);
    put(store, "foo", "long", ttl(1_000_000));
    put(store, "foo", "short", ttl(10));
    ticker.advance(Duration.ofMillis(10));
    assertThat(get(store, "foo")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 53) - 1, Long.MAX_VALUE})
  void ttl_huge(long ttlMillis) {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(ttlMillis));
    ticker.advance(Duration.ofDays(100_000));
    store.maintain();
    assertThat(get(store, "foo")).contains("bar");
  }

  @Test
  void maintain_freesTheMemoryOfExpiredItems() {
    Store store = store(PLENTY);
    for (int i = 0; i < 10_000; i++) {
      put(store, "mortal-" + i, "v".repeat(100), ttl(1 + i % 5_000));
      put(store, "immortal-" + i, "v".repeat(100));
    }
    long before = store.stats().usedBytes();

    for (int second = 0; second < 7; second++) {
      ticker.advance(Duration.ofSeconds(1));
      store.maintain();
    }

    StoreStats stats = store.stats();
    assertThat(stats.itemCount()).isEqualTo(10_000);
    assertThat(stats.expiredItemCount()).isEqualTo(10_000);
    assertThat(stats.usedBytes()).isLessThan(before * 6 / 10);
    for (int i = 0; i < 10_000; i++) {
      assertThat(get(store, "immortal-" + i)).isPresent();
    }
  }

  // ---- the budget ----

  @Test
  void put_moreThanFits_staysWithinTheBudget() {
    Store store = store(TIGHT);
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      String value = "v".repeat(random.nextInt(400));
      assertThat(put(store, "key-" + i, value)).isEqualTo(PutResult.STORED);
      assertThat(get(store, "key-" + i)).contains(value);
      if (i % 100 == 0) {
        assertThat(store.stats().usedBytes()).isLessThanOrEqualTo(TIGHT);
      }
    }
    StoreStats stats = store.stats();
    assertThat(stats.evictedItemCount()).isEqualTo(100_000 - stats.itemCount());
    assertThat(stats.budgetBytes()).isEqualTo(TIGHT);
    assertThat(stats.usedBytes()).isGreaterThan(TIGHT / 2);
  }

  @Test
  void put_overwritesWithChangingSizes_keepsWhatIsLive() {
    Store store = store(TIGHT);
    Random random = new Random(2);
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      String key = "key-" + random.nextInt(1_000);
      String value = "v".repeat(random.nextInt(1_000));
      put(store, key, value);
      expected.put(key, value);
    }
    // A thousand items of half a kilobyte fit easily, so none of them may be lost.
    expected.forEach((key, value) -> assertThat(get(store, key)).contains(value));
    assertThat(store.stats().evictedItemCount()).isZero();
  }

  @Test
  void put_moreThanFits_keepsWhatIsReadAllTheTime() {
    Store store = store(TIGHT);
    put(store, "hot", "value");
    for (int i = 0; i < 100_000; i++) {
      assertThat(get(store, "hot")).contains("value");
      put(store, "cold-" + i, "v".repeat(200));
    }
  }

  @Test
  void put_tooLarge() {
    Store store = store(TIGHT);
    put(store, "foo", "old");
    put(store, "other", "one");

    ByteBuffer tooLarge = ByteBuffer.allocate((int) TIGHT + 1);
    assertThat(store.put(bytes("foo"), tooLarge, PutOptions.DEFAULT))
        .isEqualTo(PutResult.TOO_LARGE);

    assertThat(get(store, "foo")).isEmpty();
    assertThat(get(store, "other")).contains("one");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void put_full_takesTheRoomOfExpiredItemsFirst() {
    Store store = store(TIGHT);
    for (int i = 0; i < 2_000; i++) {
      put(store, "immortal-" + i, "v".repeat(100));
    }
    for (int i = 0; i < 1_000; i++) {
      put(store, "mortal-" + i, "v".repeat(1_000), ttl(10));
    }
    assertThat(store.stats().evictedItemCount()).isZero();
    ticker.advance(Duration.ofSeconds(2));
    store.maintain();

    for (int i = 0; i < 1_000; i++) {
      put(store, "new-" + i, "v".repeat(1_000));
    }

    for (int i = 0; i < 2_000; i++) {
      assertThat(get(store, "immortal-" + i)).isPresent();
    }
  }

  // ---- all of it, at random, against a plain map ----

  @Test
  void anySequence_behavesLikeAMap() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    Store store = store(PLENTY);
    Map<String, String> values = new HashMap<>();
    Map<String, Long> expiries = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      String key = "key-" + random.nextInt(500);
      if (expiries.getOrDefault(key, Item.NEVER) <= ticker.millis()) {
        values.remove(key);
      }
      String at = "-Dseed=" + seed + " operation=" + i;
      int dice = random.nextInt(1_000);
      if (dice < 450) {
        assertThat(get(store, key)).as(at).isEqualTo(Optional.ofNullable(values.get(key)));
      } else if (dice < 750) {
        String value = "value-" + i + "-" + "v".repeat(random.nextInt(300));
        long ttlMillis = random.nextBoolean() ? 1 + random.nextInt(2_000) : PutOptions.NO_TTL;
        Condition condition =
            switch (random.nextInt(4)) {
              case 0 -> Condition.IF_ABSENT;
              case 1 -> Condition.IF_PRESENT;
              default -> Condition.ALWAYS;
            };
        boolean holds =
            condition.equals(Condition.ALWAYS)
                || condition.equals(Condition.IF_PRESENT) == values.containsKey(key);
        PutResult result = put(store, key, value, ttl(ttlMillis).withCondition(condition));
        assertThat(result == PutResult.STORED).as(at).isEqualTo(holds);
        if (holds) {
          values.put(key, value);
          expiries.put(key, ttlMillis == 0 ? Item.NEVER : ticker.millis() + ttlMillis);
        }
      } else if (dice < 950) {
        assertThat(store.delete(bytes(key))).as(at).isEqualTo(values.remove(key) != null);
      } else if (dice < 998) {
        ticker.advance(Duration.ofMillis(random.nextInt(100)));
      } else if (dice < 999) {
        store.maintain();
      } else {
        store.clear();
        values.clear();
      }
    }
  }

  // ---- threads ----

  /**
   * Every byte of a value depends on its key and its generation, so that a torn value shows itself.
   * A key's generation grows with every put; one that goes backwards in one reader's eyes, or that
   * is seen after its deletion or after a clear, was stale or resurrected.
   */
  @Test
  void threads_neverSeeTornStaleOrResurrectedValues() throws Exception {
    int keys = 64;
    Store store = store(TIGHT / 8);
    AtomicLong[] lowest = new AtomicLong[keys];
    Arrays.setAll(lowest, i -> new AtomicLong());
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger hits = new AtomicInteger();

    Callable<Void> writer =
        () -> {
          Random random = new Random(3);
          for (long generation = 1; generation <= 30_000; generation++) {
            int key = random.nextInt(keys);
            ByteBuffer value = generationValue(key, generation, 16 + random.nextInt(20_000));
            store.put(bytes("key-" + key), value, PutOptions.DEFAULT);
            if (random.nextInt(10) == 0) {
              // From here on only later generations may be seen.
              store.delete(bytes("key-" + key));
              lowest[key].set(generation + 1);
            } else {
              lowest[key].set(generation);
            }
            if (random.nextInt(2_000) == 0) {
              store.clear();
              for (AtomicLong bound : lowest) {
                bound.set(generation + 1);
              }
            }
          }
          return null;
        };
    Callable<Void> reader =
        () -> {
          Random random = new Random();
          while (!done.get()) {
            int key = random.nextInt(keys);
            long bound = lowest[key].get();
            ByteBuffer value = valueOf(store, bytes("key-" + key));
            if (value != null) {
              hits.incrementAndGet();
              long generation = value.getLong(0);
              assertThat(value).isEqualTo(generationValue(key, generation, value.remaining()));
              assertThat(generation).isGreaterThanOrEqualTo(bound);
            }
          }
          return null;
        };
    Callable<Void> churner =
        () -> {
          while (!done.get()) {
            store.maintain();
            store.put(pattern(8, 9), pattern(100_000, 9), PutOptions.DEFAULT);
            assertThat(store.stats().usedBytes()).isLessThanOrEqualTo(TIGHT / 8);
          }
          return null;
        };
    runTogether(List.of(writer, reader, reader, churner), done);
    assertThat(hits.get()).isPositive();
  }

  @Test
  void threads_conditionsAreAtomic() throws Exception {
    Store store = store(PLENTY);
    AtomicInteger winners = new AtomicInteger();
    int rounds = 2_000;
    Callable<Void> contender =
        () -> {
          for (int round = 0; round < rounds; round++) {
            PutOptions ifAbsent = PutOptions.DEFAULT.withCondition(Condition.IF_ABSENT);
            if (put(store, "round-" + round, "mine", ifAbsent) == PutResult.STORED) {
              winners.incrementAndGet();
            }
          }
          return null;
        };
    runTogether(List.of(contender, contender, contender), new AtomicBoolean());
    assertThat(winners.get()).isEqualTo(rounds);
  }

  /** Runs them all. The first one to end, well or badly, tells the others that it is done. */
  private static void runTogether(List<Callable<Void>> tasks, AtomicBoolean done) throws Exception {
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Void>> results =
          tasks.stream().map(task -> threads.submit(() -> endingAll(task, done))).toList();
      for (Future<Void> result : results) {
        result.get();
      }
    }
  }

  private static Void endingAll(Callable<Void> task, AtomicBoolean done) throws Exception {
    try {
      return task.call();
    } finally {
      done.set(true);
    }
  }

  private static ByteBuffer generationValue(int key, long generation, int length) {
    ByteBuffer value = ByteBuffer.allocate(length).putLong(generation);
    while (value.hasRemaining()) {
      value.put((byte) (key * 31L + generation * 7 + value.position()));
    }
    return value.flip();
  }

  // ---- helpers ----

  private static PutOptions ttl(long ttlMillis) {
    return PutOptions.DEFAULT.withTtlMillis(ttlMillis);
  }

  private static PutOptions ifVersion(long version) {
    return PutOptions.DEFAULT.withCondition(new Condition.IfVersion(version));
  }

  protected static final PutResult put(Store store, String key, String value) {
    return put(store, key, value, PutOptions.DEFAULT);
  }

  protected static final PutResult put(Store store, String key, String value, PutOptions options) {
    return store.put(bytes(key), bytes(value), options);
  }

  protected static final Optional<String> get(Store store, String key) {
    return get(store, bytes(key));
  }

  private static Optional<String> get(Store store, ByteBuffer key) {
    return Optional.ofNullable(valueOf(store, key))
        .map(value -> StandardCharsets.UTF_8.decode(value).toString());
  }

  private static ByteBuffer valueOf(Store store, ByteBuffer key) {
    ByteBuffer[] last = new ByteBuffer[1];
    boolean hit =
        store.get(
            key,
            item -> {
              ByteBuffer value = item.value();
              last[0] = ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip();
            });
    assertThat(last[0] != null).isEqualTo(hit);
    return last[0];
  }

  private static Seen see(Store store, String key) {
    Seen seen = new Seen();
    assertThat(store.get(bytes(key), seen)).isTrue();
    return seen;
  }

  /** What an item said of itself when it was last shown. */
  private static final class Seen implements ItemReader {
    private int kind;
    private int flags;
    private long version;
    private long expiresAtMillis;

    @Override
    public void read(Item item) {
      kind = item.kind();
      flags = item.flags();
      version = item.version();
      expiresAtMillis = item.expiresAtMillis();
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** That many bytes, all of which depend on {@code seed}. */
  private static ByteBuffer pattern(int length, int seed) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + seed);
    }
    return ByteBuffer.wrap(bytes);
  }
}
