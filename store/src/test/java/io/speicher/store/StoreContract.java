package io.speicher.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.speicher.store.Updates.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** What lies beside a part that is cleared. */
  private static final int OTHER_KEYS = 500;

  private final FakeTicker ticker = new FakeTicker();
  private final List<Store> stores = new ArrayList<>();

  /** Makes the store under test. */
  protected abstract Store create(long budgetBytes, Ticker ticker);

  /** Checks what a store can check of itself, while nobody uses it. */
  protected void check(Store store) {}

  @AfterEach
  void closeStores() {
    stores.forEach(this::check);
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
      put(store, "key-" + i, "value", i % 2 == 0 ? ttl(1_000) : PutOptions.DEFAULT);
    }

    store.clear();

    for (int i = 0; i < 1_000; i++) {
      assertThat(get(store, "key-" + i)).isEmpty();
    }
    assertThat(store.stats().itemCount()).isZero();
    put(store, "key-0", "again");
    assertThat(get(store, "key-0")).contains("again");
  }

  // ---- several at a time ----

  @Test
  void getAll_hitsAndMisses() {
    Store store = store(PLENTY);
    put(store, "a", "1");
    put(store, "b", "");
    put(store, "large", "v".repeat(300_000));

    assertThat(getAll(store, "a", "nope", "b", "large", "nada"))
        .containsExactly("1", null, "", "v".repeat(300_000), null);
  }

  @Test
  void getAll_oneKeyTwice() {
    Store store = store(PLENTY);
    put(store, "a", "1");
    put(store, "b", "2");
    assertThat(getAll(store, "a", "b", "a", "nope", "nope", "a"))
        .containsExactly("1", "2", "1", null, null, "1");
  }

  @Test
  void getAll_nothing() {
    assertThat(getAll(store(PLENTY))).isEmpty();
  }

  @Test
  void getAll_expired() {
    Store store = store(PLENTY);
    put(store, "mortal", "1", ttl(10));
    put(store, "immortal", "2");
    ticker.advance(Duration.ofMillis(9));
    assertThat(getAll(store, "mortal", "immortal")).containsExactly("1", "2");

    ticker.advance(Duration.ofMillis(1));
    assertThat(getAll(store, "mortal", "immortal")).containsExactly(null, "2");
  }

  @Test
  void getAll_many() {
    Store store = store(PLENTY);
    String[] keys = new String[5_000];
    List<@Nullable String> expected = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "key-" + i;
      if (i % 3 > 0) {
        put(store, keys[i], "value-" + i);
      }
      expected.add(i % 3 > 0 ? "value-" + i : null);
    }
    assertThat(getAll(store, keys)).isEqualTo(expected);
  }

  @Test
  void getAll_showsAllOfAnItem() {
    Store store = store(PLENTY);
    put(store, "a", "1", ttl(1_000).withKind(3).withFlags(-1));
    Seen seen = new Seen();
    store.getAll(List.of(bytes("a")), (_, item) -> seen.read(requireNonNull(item)));
    assertThat(seen).usingRecursiveComparison().isEqualTo(see(store, "a"));
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
    assertThatThrownBy(() -> store.getAll(List.of(key), (_, _) -> {})).hasMessage(message);
    assertThatThrownBy(() -> store.update(key, _ -> Update.KEEP)).hasMessage(message);
    assertThatThrownBy(() -> store.copy(key, bytes("k"), false)).hasMessage(message);
    assertThatThrownBy(() -> store.copy(bytes("k"), key, false)).hasMessage(message);
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
  void item_keepsMarks_untilItIsPutAgain() {
    Store store = store(PLENTY);
    for (int kind = 0; kind <= 3; kind++) {
      for (int marks : new int[] {0, Item.STALE, Item.LEASED, Item.STALE | Item.LEASED}) {
        put(store, "foo", "bar", ttl(1_000).withKind(kind).withFlags(7));
        assertThat(see(store, "foo").marks).isZero();
        store.update(
            bytes("foo"),
            old -> Update.Replace.value(requireNonNull(old), bytes("baz")).withMarks(marks));
        assertThat(see(store, "foo").marks).isEqualTo(marks);
        assertThat(see(store, "foo").kind).isEqualTo(kind);
        assertThat(see(store, "foo").flags).isEqualTo(7);

        store.update(bytes("foo"), old -> Update.Replace.expiry(requireNonNull(old), Item.NEVER));
        store.copy(bytes("foo"), bytes("copy"), false);
        assertThat(see(store, "foo").marks).isEqualTo(marks);
        assertThat(see(store, "copy").marks).isEqualTo(marks);
        assertThat(see(store, "copy").kind).isEqualTo(kind);
      }
    }
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
    assertThatThrownBy(() ->
            new Update.Replace(bytes("a"), -1, bytes("b"), bytes("c"), 0, 0, 0, Item.NEVER, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gap out of bounds: gapBytes=-1 (expected: 0 or more)");
  }

  // ---- update ----

  @Test
  void update_keep() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1_000).withKind(2).withFlags(7));
    Seen before = see(store, "foo");

    assertThat(store.update(bytes("foo"), _ -> Update.KEEP)).isEqualTo(UpdateResult.KEPT);
    assertThat(store.update(bytes("nope"), _ -> Update.KEEP)).isEqualTo(UpdateResult.KEPT);

    assertThat(see(store, "foo")).usingRecursiveComparison().isEqualTo(before);
    assertThat(get(store, "nope")).isEmpty();
  }

  @Test
  void update_remove() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    put(store, "other", "one");

    assertThat(store.update(bytes("foo"), _ -> Update.REMOVE)).isEqualTo(UpdateResult.REMOVED);

    assertThat(get(store, "foo")).isEmpty();
    assertThat(get(store, "other")).contains("one");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void update_removeOfAnAbsentKey() {
    Store store = store(PLENTY);
    assertThat(store.update(bytes("foo"), _ -> Update.REMOVE)).isEqualTo(UpdateResult.REMOVED);
    assertThat(store.stats().itemCount()).isZero();
  }

  @Test
  void update_replace() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1_000).withKind(2).withFlags(7));
    Seen seen = new Seen();

    UpdateResult result =
        updatePresent(
            store,
            "foo",
            old -> {
              seen.read(old);
              return new Update.Replace(
                  bytes("new "),
                  bytes("value"),
                  1,
                  -8,
                  ticker.millis() + 5_000,
                  Update.Replace.NEW_VERSION);
            });

    assertThat(result).isEqualTo(UpdateResult.STORED);
    assertThat(seen.value).isEqualTo("bar");
    assertThat(seen.kind).isEqualTo(2);
    assertThat(seen.flags).isEqualTo(7);
    assertThat(seen.expiresAtMillis).isEqualTo(ticker.millis() + 1_000);
    Seen now = see(store, "foo");
    assertThat(now.value).isEqualTo("new value");
    assertThat(now.kind).isEqualTo(1);
    assertThat(now.flags).isEqualTo(-8);
    assertThat(now.expiresAtMillis).isEqualTo(ticker.millis() + 5_000);
    assertThat(now.version).isNotEqualTo(seen.version);
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void update_replaceOfAnAbsentKey() {
    Store store = store(PLENTY);
    PutOptions options = ttl(100).withKind(3).withFlags(9);
    List<@Nullable Item> shown = new ArrayList<>();

    UpdateResult result =
        store.update(
            bytes("foo"),
            old -> {
              shown.add(old);
              return Update.Replace.put(bytes("bar"), options);
            });

    assertThat(result).isEqualTo(UpdateResult.STORED);
    assertThat(shown).containsOnlyNulls();
    Seen seen = see(store, "foo");
    assertThat(seen.value).isEqualTo("bar");
    assertThat(seen.kind).isEqualTo(3);
    assertThat(seen.flags).isEqualTo(9);
    assertThat(seen.expiresAtMillis).isEqualTo(ticker.millis() + 100);
    assertThat(seen.version).isPositive();
  }

  @Test
  void update_expired_seesNothing() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(10));
    ticker.advance(Duration.ofMillis(10));
    List<@Nullable Item> shown = new ArrayList<>();

    store.update(
        bytes("foo"),
        old -> {
          shown.add(old);
          return Update.KEEP;
        });

    assertThat(shown).containsOnlyNulls();
    assertThat(get(store, "foo")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 100, 1_000, 50_000, 300_000, 2_000_000})
  void update_toViewsOfTheOldValue(int valueBytes) {
    Store store = store(PLENTY);
    ByteBuffer old = pattern(valueBytes, 3);
    store.put(bytes("foo"), old, PutOptions.DEFAULT);
    int middle = valueBytes / 3;

    updatePresent(
        store,
        "foo",
        item ->
            Update.Replace.value(
                item,
                item.value().slice(middle, valueBytes - middle),
                item.value().slice(0, middle)));

    ByteBuffer rotated =
        ByteBuffer.allocate(valueBytes)
            .put(old.slice(middle, valueBytes - middle))
            .put(old.slice(0, middle))
            .flip();
    assertThat(valueOf(store, bytes("foo"))).isEqualTo(rotated);

    updatePresent(store, "foo", item -> Update.Replace.value(item, item.value(), item.value()));

    ByteBuffer twice =
        ByteBuffer.allocate(2 * valueBytes).put(rotated.duplicate()).put(rotated).flip();
    assertThat(valueOf(store, bytes("foo"))).isEqualTo(twice);
  }

  @Test
  void update_keepsTheBuffersPositions() {
    Store store = store(PLENTY);
    ByteBuffer key = bytes("..foo..").position(2).limit(5);
    ByteBuffer head = bytes("..he..").position(2).limit(4);
    ByteBuffer tail = bytes("..ad..").position(2).limit(4).asReadOnlyBuffer();

    store.update(
        key, _ -> new Update.Replace(head, tail, 0, 0, Item.NEVER, Update.Replace.NEW_VERSION));

    assertThat(get(store, "foo")).contains("head");
    assertThat(List.of(key.position(), head.position(), tail.position())).containsOnly(2);
    assertThat(List.of(key.limit(), head.limit(), tail.limit())).containsExactly(5, 4, 4);
  }

  @Test
  void update_version() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    long version = see(store, "foo").version;

    updatePresent(
        store,
        "foo",
        old ->
            new Update.Replace(
                old.value(), bytes(""), 1, 2, Item.NEVER, Update.Replace.KEEP_VERSION));
    assertThat(see(store, "foo").version).isEqualTo(version);
    assertThat(see(store, "foo").flags).isEqualTo(2);

    updatePresent(store, "foo", old -> Update.Replace.value(old, old.value()));
    assertThat(see(store, "foo").version).isPositive().isNotEqualTo(version);
  }

  @Test
  void update_versionOfAnAbsentKey_isANewOne() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    long version = see(store, "foo").version;
    store.delete(bytes("foo"));

    store.update(
        bytes("foo"),
        _ ->
            new Update.Replace(
                bytes("bar"), bytes(""), 0, 0, Item.NEVER, Update.Replace.KEEP_VERSION));

    assertThat(see(store, "foo").version).isPositive().isNotEqualTo(version);
  }

  /** The numbers of callers may be any. */
  @ParameterizedTest
  @ValueSource(longs = {1L << 50, Long.MAX_VALUE, Long.MIN_VALUE, -2})
  void update_versionOfTheCallersChoice(long version) {
    Store store = store(PLENTY);
    store.update(
        bytes("foo"), _ -> new Update.Replace(bytes("a"), bytes("b"), 0, 0, Item.NEVER, version));
    assertThat(get(store, "foo")).contains("ab");
    assertThat(see(store, "foo").version).isEqualTo(version);

    Updates.touch(store, bytes("foo"), after(5_000));
    assertThat(see(store, "foo").version).isEqualTo(version);

    put(store, "foo", "c");
    assertThat(see(store, "foo").version).isNotEqualTo(version);
  }

  /** A version is not a part of what tells items apart. */
  @Test
  void update_sameVersionForAll() {
    Store store = store(PLENTY);
    for (int i = 0; i < 100; i++) {
      store.update(
          bytes("key-" + i),
          _ -> new Update.Replace(bytes("v"), bytes(""), 0, 0, ticker.millis() + 1_000, 7));
    }
    ticker.advance(Duration.ofMillis(999));
    store.maintain();
    for (int i = 0; i < 100; i++) {
      assertThat(get(store, "key-" + i)).contains("v");
    }
    ticker.advance(Duration.ofMillis(1));
    for (int i = 0; i < 100; i++) {
      assertThat(get(store, "key-" + i)).isEmpty();
    }
  }

  @Test
  void look() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    String[] seen = new String[1];
    assertThat(store.look(bytes("foo"), item -> seen[0] = text(item.value()))).isTrue();
    assertThat(seen[0]).isEqualTo("bar");
    assertThat(store.look(bytes("nope"), item -> seen[0] = "?")).isFalse();
    ticker.advance(Duration.ofMillis(1));
    put(store, "gone", "bar", ttl(1));
    ticker.advance(Duration.ofMillis(1));
    assertThat(store.look(bytes("gone"), item -> {})).isFalse();
  }

  @Test
  void update_tooLarge_removes() {
    Store store = store(TIGHT);
    put(store, "foo", "bar");
    put(store, "other", "one");
    ByteBuffer half = ByteBuffer.allocate((int) TIGHT / 2 + 1);

    assertThat(updatePresent(store, "foo", old -> Update.Replace.value(old, half, half)))
        .isEqualTo(UpdateResult.TOO_LARGE);
    assertThat(
            store.update(
                bytes("absent"),
                _ -> new Update.Replace(half, half, 0, 0, Item.NEVER, Update.Replace.NEW_VERSION)))
        .isEqualTo(UpdateResult.TOO_LARGE);

    assertThat(get(store, "foo")).isEmpty();
    assertThat(get(store, "absent")).isEmpty();
    assertThat(get(store, "other")).contains("one");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void update_throwing_changesNothing() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1_000).withKind(2).withFlags(7));
    Seen before = see(store, "foo");
    IllegalStateException oops = new IllegalStateException("oops");
    Updater throwing =
        _ -> {
          throw oops;
        };

    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> store.update(bytes("foo"), throwing)).isSameAs(oops);
      assertThatThrownBy(() -> store.update(bytes("nope"), throwing)).isSameAs(oops);
    }

    assertThat(see(store, "foo")).usingRecursiveComparison().isEqualTo(before);
    assertThat(get(store, "nope")).isEmpty();
    assertThat(store.stats().itemCount()).isEqualTo(1);
    assertThat(put(store, "foo", "new")).isEqualTo(PutResult.STORED);
    assertThat(store.delete(bytes("foo"))).isTrue();
  }

  @Test
  void get_throwingReader_changesNothing() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    IllegalStateException oops = new IllegalStateException("oops");

    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() ->
              store.get(
                  bytes("foo"),
                  _ -> {
                    throw oops;
                  }))
          .isSameAs(oops);
    }

    assertThat(put(store, "foo", "new")).isEqualTo(PutResult.STORED);
    assertThat(get(store, "foo")).contains("new");
  }

  // ---- within another operation ----

  @Test
  void reader_usesTheStore() {
    Store store = store(PLENTY);
    put(store, "a", "1");
    put(store, "b", "2");
    List<String> seen = new ArrayList<>();

    boolean hit =
        store.get(
            bytes("a"),
            item -> {
              store.get(bytes("b"), other -> seen.add(text(item.value()) + text(other.value())));
              put(store, "c", "3");
              assertThat(store.delete(bytes("b"))).isTrue();
              seen.add(text(item.value()));
            });

    assertThat(hit).isTrue();
    assertThat(seen).containsExactly("12", "1");
    assertThat(getAll(store, "a", "b", "c")).containsExactly("1", null, "3");
  }

  @Test
  void batchReader_usesTheStore() {
    Store store = store(PLENTY);
    put(store, "a", "1");
    put(store, "b", "2");
    List<String> seen = new ArrayList<>();

    store.getAll(
        List.of(bytes("a"), bytes("b"), bytes("nope")),
        (_, item) -> {
          List<@Nullable String> others = getAll(store, "b", "a");
          seen.add((item == null ? "-" : text(item.value())) + others);
        });

    assertThat(seen).containsExactly("1[2, 1]", "2[2, 1]", "-[2, 1]");
  }

  @Test
  void updater_readsTheStore() {
    Store store = store(PLENTY);
    put(store, "a", "1");
    put(store, "b", "2");

    UpdateResult result =
        store.update(
            bytes("a"),
            old -> {
              String other = getAll(store, "b").getFirst();
              String own = text(requireNonNull(old).value());
              return Update.Replace.value(old, bytes(own + other));
            });

    assertThat(result).isEqualTo(UpdateResult.STORED);
    assertThat(getAll(store, "a", "b")).containsExactly("12", "2");
  }

  // ---- updates on a condition ----

  @Test
  void putIf_absent() {
    Store store = store(PLENTY);
    assertThat(putIf(store, "foo", "first", Condition.IF_ABSENT)).isEqualTo(UpdateResult.STORED);
    assertThat(putIf(store, "foo", "second", Condition.IF_ABSENT)).isEqualTo(UpdateResult.KEPT);
    assertThat(get(store, "foo")).contains("first");
  }

  @Test
  void putIf_version() {
    Store store = store(PLENTY);
    assertThat(putIf(store, "foo", "x", Condition.ifVersion(1))).isEqualTo(UpdateResult.KEPT);
    put(store, "foo", "first");
    Condition ifFirst = Condition.ifVersion(see(store, "foo").version);

    assertThat(putIf(store, "foo", "second", ifFirst)).isEqualTo(UpdateResult.STORED);
    assertThat(putIf(store, "foo", "third", ifFirst)).isEqualTo(UpdateResult.KEPT);

    assertThat(get(store, "foo")).contains("second");
  }

  @Test
  void putIf_versionOfAnItemThatIsGone() {
    Store store = store(PLENTY);
    put(store, "foo", "first");
    Condition ifFirst = Condition.ifVersion(see(store, "foo").version);
    store.delete(bytes("foo"));
    assertThat(putIf(store, "foo", "second", ifFirst)).isEqualTo(UpdateResult.KEPT);

    put(store, "foo", "first");
    assertThat(putIf(store, "foo", "second", ifFirst)).isEqualTo(UpdateResult.KEPT);
    assertThat(get(store, "foo")).contains("first");
  }

  @Test
  void putIf_refused_changesNothing() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1_000).withKind(2).withFlags(7));
    Seen before = see(store, "foo");
    PutOptions other = PutOptions.DEFAULT.withKind(1).withFlags(8);

    putIf(store, "foo", "other", other, Condition.IF_ABSENT);
    putIf(store, "foo", "v".repeat((int) PLENTY), other, Condition.IF_ABSENT);
    putIf(store, "foo", "other", other, Condition.ifVersion(before.version + 1));

    assertThat(see(store, "foo")).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void putIf_onAnExpiredItem() {
    Store store = store(PLENTY);
    put(store, "foo", "old", ttl(10));
    Condition ifOld = Condition.ifVersion(see(store, "foo").version);
    ticker.advance(Duration.ofMillis(10));

    assertThat(putIf(store, "foo", "new", Condition.IF_PRESENT)).isEqualTo(UpdateResult.KEPT);
    assertThat(putIf(store, "foo", "new", ifOld)).isEqualTo(UpdateResult.KEPT);
    assertThat(putIf(store, "foo", "new", Condition.IF_ABSENT)).isEqualTo(UpdateResult.STORED);
  }

  @Test
  void delete_ifVersion() {
    Store store = store(PLENTY);
    put(store, "foo", "old");
    long version = see(store, "foo").version;
    put(store, "foo", "new");

    assertThat(Updates.delete(store, bytes("foo"), version)).isEqualTo(UpdateResult.KEPT);
    assertThat(get(store, "foo")).contains("new");

    version = see(store, "foo").version;
    assertThat(Updates.delete(store, bytes("foo"), version)).isEqualTo(UpdateResult.REMOVED);
    assertThat(get(store, "foo")).isEmpty();
    assertThat(store.stats().itemCount()).isZero();
  }

  // ---- values of several parts ----

  @Test
  void append_present() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(1_000).withKind(2).withFlags(7));
    Seen before = see(store, "foo");

    assertThat(Updates.append(store, bytes("foo"), bytes("!"))).isEqualTo(UpdateResult.STORED);
    Seen appended = see(store, "foo");
    assertThat(Updates.prepend(store, bytes("foo"), bytes("a "))).isEqualTo(UpdateResult.STORED);
    Seen prepended = see(store, "foo");

    assertThat(appended.value).isEqualTo("bar!");
    assertThat(prepended.value).isEqualTo("a bar!");
    assertThat(Set.of(before.version, appended.version, prepended.version)).hasSize(3);
    assertThat(prepended)
        .usingRecursiveComparison()
        .ignoringFields("value", "version")
        .isEqualTo(before);
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void append_nothing() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");
    put(store, "empty", "");
    for (String key : List.of("foo", "empty")) {
      assertThat(Updates.append(store, bytes(key), bytes(""))).isEqualTo(UpdateResult.STORED);
      assertThat(Updates.prepend(store, bytes(key), bytes(""))).isEqualTo(UpdateResult.STORED);
    }
    assertThat(getAll(store, "foo", "empty")).containsExactly("bar", "");
  }

  @Test
  void append_stepByStep_growsLarge() {
    Store store = store(PLENTY);
    put(store, "foo", "", ttl(1_000).withKind(1).withFlags(5));
    Random random = new Random(4);
    int total = 300 * 1024;
    ByteBuffer expected = ByteBuffer.allocate(2 * total).position(total);
    int start = total;
    while (expected.position() - start < total) {
      ByteBuffer piece = pattern(random.nextInt(2_000), start);
      if (random.nextInt(4) > 0 || start < 2_000) {
        expected.put(piece.duplicate());
        assertThat(Updates.append(store, bytes("foo"), piece)).isEqualTo(UpdateResult.STORED);
      } else {
        start -= piece.remaining();
        expected.put(start, piece, 0, piece.remaining());
        assertThat(Updates.prepend(store, bytes("foo"), piece)).isEqualTo(UpdateResult.STORED);
      }
      put(store, "other", "o".repeat(random.nextInt(100)));
      assertThat(valueOf(store, bytes("foo")))
          .isEqualTo(expected.slice(start, expected.position() - start));
    }
    assertThat(see(store, "foo").kind).isEqualTo(1);
    assertThat(see(store, "foo").flags).isEqualTo(5);
    assertThat(see(store, "foo").expiresAtMillis).isEqualTo(ticker.millis() + 1_000);
  }

  @Test
  void append_tooLarge_removes() {
    Store store = store(TIGHT);
    put(store, "a", "old");
    put(store, "b", "old");
    put(store, "other", "one");

    ByteBuffer tooLarge = ByteBuffer.allocate((int) TIGHT);
    assertThat(Updates.append(store, bytes("a"), tooLarge)).isEqualTo(UpdateResult.TOO_LARGE);
    assertThat(Updates.prepend(store, bytes("b"), tooLarge)).isEqualTo(UpdateResult.TOO_LARGE);

    assertThat(getAll(store, "a", "b", "other")).containsExactly(null, null, "one");
  }

  /** As SETRANGE does: what is before, zeros, what is new, and what is behind. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "0, 5, 3",
    "3, 0, 3",
    "3, 1, 1",
    "3, 2, 5",
    "3, 9, 4",
    "100, 20, 30",
    "1000, 5000, 10",
    "300000, 100000, 50000",
    "10, 33554000, 432",
    "33554432, 16777216, 10",
  })
  void update_toSeveralParts(int oldBytes, int offset, int newBytes) {
    Store store = store(4 * PLENTY);
    ByteBuffer old = pattern(oldBytes, 3);
    ByteBuffer bytes = pattern(newBytes, 8);
    store.put(bytes("foo"), old, PutOptions.DEFAULT);
    ByteBuffer expected = ByteBuffer.allocate(Math.max(oldBytes, offset + newBytes));
    expected.put(0, old, 0, oldBytes).put(offset, bytes, 0, newBytes);

    UpdateResult result =
        updatePresent(
            store,
            "foo",
            item -> {
              ByteBuffer value = item.value();
              int kept = Math.min(offset, value.remaining());
              int behind = Math.min(offset + newBytes, value.remaining());
              return new Update.Replace(
                  value.slice(value.position(), kept),
                  offset - kept,
                  bytes,
                  value.slice(value.position() + behind, value.remaining() - behind),
                  2,
                  0,
                  7,
                  after(1_000),
                  Update.Replace.NEW_VERSION);
            });

    assertThat(result).isEqualTo(UpdateResult.STORED);
    assertThat(valueOf(store, bytes("foo"))).isEqualTo(expected);
    store.look(
        bytes("foo"),
        item -> {
          assertThat(item.kind()).isEqualTo(2);
          assertThat(item.flags()).isEqualTo(7);
          assertThat(item.expiresAtMillis()).isEqualTo(after(1_000));
        });
  }

  /** What lay there before in the memory is not seen. */
  @Test
  void update_withAGap_isZero() {
    Store store = store(TIGHT);
    for (int i = 0; i < 1_000; i++) {
      put(store, "key-" + i % 7, "x".repeat(10_000 + i));
      store.update(
          bytes("foo"),
          _ ->
              new Update.Replace(
                  bytes("a"), 20_000, bytes(""), bytes("b"), 0, 0, 0, Item.NEVER, 0));
      ByteBuffer expected = ByteBuffer.allocate(20_002).put(0, (byte) 'a').put(20_001, (byte) 'b');
      assertThat(valueOf(store, bytes("foo"))).isEqualTo(expected);
    }
  }

  @Test
  void update_withAGap_tooLarge() {
    Store store = store(TIGHT);
    put(store, "foo", "bar");
    ByteBuffer nothing = bytes("");
    for (int gapBytes : List.of((int) TIGHT, Integer.MAX_VALUE)) {
      assertThat(
              store.update(
                  bytes("foo"),
                  _ ->
                      new Update.Replace(
                          bytes("a"), gapBytes, nothing, nothing, 0, 0, 0, Item.NEVER, 0)))
          .isEqualTo(UpdateResult.TOO_LARGE);
      assertThat(get(store, "foo")).isEmpty();
    }
  }

  // ---- copy ----

  @Test
  void copy_keepsAllButTheVersion() {
    Store store = store(PLENTY);
    put(store, "a", "value", ttl(1_000).withKind(3).withFlags(-7));
    Seen source = see(store, "a");

    assertThat(store.copy(bytes("a"), bytes("longer key"), false)).isEqualTo(CopyResult.COPIED);

    Seen copy = see(store, "longer key");
    assertThat(copy).usingRecursiveComparison().ignoringFields("version").isEqualTo(source);
    assertThat(copy.version).isPositive().isNotEqualTo(source.version);
    assertThat(see(store, "a")).usingRecursiveComparison().isEqualTo(source);
    assertThat(store.stats().itemCount()).isEqualTo(2);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(getAll(store, "a", "longer key")).containsOnlyNulls();
  }

  @Test
  void copy_replacesTheTarget() {
    Store store = store(PLENTY);
    put(store, "a", "new");
    put(store, "b", "old", ttl(10).withKind(1).withFlags(3));
    long version = see(store, "b").version;

    assertThat(store.copy(bytes("a"), bytes("b"), false)).isEqualTo(CopyResult.COPIED);

    Seen copy = see(store, "b");
    assertThat(copy.value).isEqualTo("new");
    assertThat(copy.kind).isZero();
    assertThat(copy.flags).isZero();
    assertThat(copy.expiresAtMillis).isEqualTo(Item.NEVER);
    assertThat(copy.version).isNotEqualTo(version);
    assertThat(store.stats().itemCount()).isEqualTo(2);
  }

  @Test
  void copy_onlyIfAbsent() {
    Store store = store(PLENTY);
    put(store, "a", "new");
    put(store, "b", "old", ttl(10));

    assertThat(store.copy(bytes("a"), bytes("b"), true)).isEqualTo(CopyResult.TARGET_PRESENT);
    assertThat(get(store, "b")).contains("old");
    ticker.advance(Duration.ofMillis(10));
    assertThat(store.copy(bytes("a"), bytes("b"), true)).isEqualTo(CopyResult.COPIED);
    assertThat(get(store, "b")).contains("new");
  }

  @Test
  void copy_absent() {
    Store store = store(PLENTY);
    put(store, "b", "old");
    put(store, "gone", "x", ttl(10));
    ticker.advance(Duration.ofMillis(10));
    for (String from : List.of("nope", "gone")) {
      assertThat(store.copy(bytes(from), bytes("b"), false)).isEqualTo(CopyResult.SOURCE_ABSENT);
      assertThat(store.copy(bytes(from), bytes("b"), true)).isEqualTo(CopyResult.SOURCE_ABSENT);
      assertThat(store.copy(bytes(from), bytes("c"), false)).isEqualTo(CopyResult.SOURCE_ABSENT);
    }
    assertThat(getAll(store, "b", "c")).containsExactly("old", null);
  }

  @Test
  void copy_toItself() {
    Store store = store(PLENTY);
    put(store, "a", "value", ttl(1_000).withKind(2).withFlags(3));
    Seen before = see(store, "a");
    assertThat(store.copy(bytes("a"), bytes("a"), false)).isEqualTo(CopyResult.COPIED);
    assertThat(see(store, "a"))
        .usingRecursiveComparison()
        .ignoringFields("version")
        .isEqualTo(before);
    assertThat(store.copy(bytes("a"), bytes("a"), true)).isEqualTo(CopyResult.TARGET_PRESENT);
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  /** The key of the target alone makes the item too long. */
  @Test
  void copy_tooLarge() {
    Store store = store(TIGHT);
    ByteBuffer longKey = pattern(Store.MAX_KEY_BYTES, 1);
    store.put(longKey, bytes("old"), PutOptions.DEFAULT);
    int valueBytes = (int) TIGHT;
    while (store.put(bytes("a"), ByteBuffer.allocate(valueBytes), PutOptions.DEFAULT)
        == PutResult.TOO_LARGE) {
      valueBytes -= 10_000;
    }

    assertThat(store.copy(bytes("a"), longKey, false)).isEqualTo(CopyResult.TOO_LARGE);

    assertThat(valueOf(store, longKey)).isNull();
    assertThat(valueOf(store, bytes("a"))).isEqualTo(ByteBuffer.allocate(valueBytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 1_000, 70_000, 3_000_000, 32 << 20})
  void copy_ofEveryLength(int valueBytes) {
    Store store = store(4 * PLENTY);
    ByteBuffer value = pattern(valueBytes, 5);
    store.put(bytes("a"), value, PutOptions.DEFAULT);
    assertThat(store.copy(bytes("a"), bytes("b"), true)).isEqualTo(CopyResult.COPIED);
    assertThat(valueOf(store, bytes("b"))).isEqualTo(value);
    assertThat(valueOf(store, bytes("a"))).isEqualTo(value);
  }

  // ---- scan ----

  @Test
  void scan_empty() {
    Store store = store(PLENTY);
    assertThat(scan(store, 0, 10)).isEmpty();
    put(store, "foo", "bar");
    store.delete(bytes("foo"));
    assertThat(scan(store, 0, 10)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1_000})
  void scan_seesAllKeys(int maxKeys) {
    Store store = store(PLENTY);
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 1_500; i++) {
      String key = "key-" + i + "-" + "k".repeat(i % 300 == 0 ? 60_000 : i % 30);
      put(store, key, "v".repeat(i % 100 == 0 ? 100_000 : i % 50));
      keys.add(key);
    }
    assertThat(scan(store, 0, maxKeys)).isEqualTo(keys);
  }

  @Test
  void scan_oneStep_isBounded() {
    Store store = store(PLENTY);
    for (int i = 0; i < 100_000; i++) {
      put(store, "key-" + i, "v");
    }
    for (int maxKeys : List.of(1, 10, 500)) {
      long cursor = 0;
      for (int step = 0; step < 4; step++) {
        AtomicInteger visited = new AtomicInteger();
        cursor = store.scan(cursor, maxKeys, _ -> visited.incrementAndGet());
        assertThat(visited.get()).isLessThanOrEqualTo(maxKeys + 1_000);
        assertThat(cursor).isNotZero();
      }
    }
  }

  @Test
  void scan_visitorOwnsTheKey() {
    Store store = store(PLENTY);
    put(store, "foo", "bar");

    store.scan(0, 10, key -> key.put(0, (byte) 'x'));

    assertThat(scan(store, 0, 10)).containsExactly("foo");
    assertThat(get(store, "foo")).contains("bar");
  }

  @Test
  void scan_whileOtherKeysComeAndGo_seesTheKeysThatStay() {
    Store store = store(PLENTY);
    Set<String> staying = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      put(store, "stays-" + i, "value");
      staying.add("stays-" + i);
    }
    Random random = new Random(5);
    Set<String> seen = new HashSet<>();
    int others = 0;
    int gone = 0;
    long cursor = 0;
    do {
      cursor = store.scan(cursor, 50, key -> seen.add(text(key)));
      if (others < 9_000) {
        for (int i = 0; i < 900; i++) {
          put(store, "comes-" + others++, "value");
        }
      }
      for (int i = 0; i < 50; i++) {
        put(store, "stays-" + random.nextInt(1_000), "v".repeat(random.nextInt(2_000)));
        if (others == 9_000 && gone < others) {
          store.delete(bytes("comes-" + gone++));
        }
      }
    } while (cursor != 0);

    assertThat(seen).containsAll(staying);
    seen.removeAll(staying);
    assertThat(seen).allMatch(key -> key.startsWith("comes-"));
  }

  @Test
  void scan_expired_isNotVisited() {
    Store store = store(PLENTY);
    for (int i = 0; i < 100; i++) {
      put(store, "mortal-" + i, "v", ttl(10));
      put(store, "immortal-" + i, "v", ttl(11));
    }
    ticker.advance(Duration.ofMillis(10));
    assertThat(scan(store, 0, 7)).hasSize(100).allMatch(key -> key.startsWith("immortal-"));
  }

  @Test
  void scan_anyCursor_endsSafely() {
    Store store = store(PLENTY);
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      put(store, "key-" + i, "v");
      keys.add("key-" + i);
    }
    LongStream special = LongStream.of(1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, 1L << 32);
    LongStream.concat(special, new Random(6).longs(200))
        .forEach(cursor -> assertThat(keys).containsAll(scan(store, cursor, 100)));
  }

  // ---- clear ----

  @Test
  void clear_withEverything() {
    Store store = store(PLENTY);
    for (int i = 0; i < 300; i++) {
      PutOptions options = i % 2 == 0 ? PutOptions.DEFAULT : ttl(1_000);
      put(store, "number-" + i, "1", options.withKind(i % 4).withFlags(i));
      put(store, "large-" + i, "v".repeat(i * 200));
      Updates.append(store, bytes("large-" + i), bytes("!"));
      Updates.touch(store, bytes("large-" + i), after(1_000_000));
    }
    put(store, "huge", "v".repeat(5_000_000));
    long version = see(store, "number-1").version;
    long cursor = store.scan(0, 10, _ -> {});

    store.clear();

    assertThat(store.stats().itemCount()).isZero();
    assertThat(scan(store, 0, 10)).isEmpty();
    assertThat(scan(store, cursor, 10)).isEmpty();
    assertThat(getAll(store, "number-1", "large-1", "huge")).containsOnlyNulls();
    assertThat(Updates.append(store, bytes("large-1"), bytes("x"))).isEqualTo(UpdateResult.KEPT);
    assertThat(Updates.touch(store, bytes("huge"), Item.NEVER)).isFalse();
    assertThat(Updates.delete(store, bytes("number-1"), version)).isEqualTo(UpdateResult.KEPT);
    assertThat(store.copy(bytes("huge"), bytes("b"), false)).isEqualTo(CopyResult.SOURCE_ABSENT);
    assertThat(store.delete(bytes("number-2"))).isFalse();

    put(store, "number-1", "1");
    assertThat(see(store, "number-1").version).isNotEqualTo(version);
    ticker.advance(Duration.ofDays(1));
    store.maintain();
    assertThat(get(store, "number-1")).contains("1");
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void clear_againAndAgain_givesTheMemoryBack() {
    Store store = store(TIGHT);
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 200; i++) {
        put(store, "key-" + i, "v".repeat(10_000), ttl(1 + round * 1_000L));
      }
      assertThat(store.stats().itemCount()).isEqualTo(200);
      store.clear();
      assertThat(store.stats().itemCount()).isZero();
    }
    assertThat(store.stats().evictedItemCount()).isZero();
  }

  // ---- databases ----

  @Test
  void database_hasItsOwnItems() {
    Store store = store(PLENTY);
    put(store, "foo", "0");
    for (int number = 1; number < Store.DATABASES; number++) {
      Store database = store.database(number);
      assertThat(get(database, "foo")).isEmpty();
      put(database, "foo", "" + number, ttl(1_000).withKind(number % 4).withFlags(number));
    }
    for (int number = 1; number < Store.DATABASES; number++) {
      Store database = store.database(number);
      assertThat(see(database, "foo").value).isEqualTo("" + number);
      assertThat(see(database, "foo").kind).isEqualTo(number % 4);
      assertThat(see(database, "foo").flags).isEqualTo(number);
      assertThat(scan(database, 0, 10)).containsExactly("foo");
      assertThat(getAll(database, "foo", "bar")).containsExactly("" + number, null);
      assertThat(database.stats().itemCount()).isEqualTo(1);
      assertThat(database.stats().expiringItemCount()).isEqualTo(1);
    }
    assertThat(get(store, "foo")).contains("0");
    assertThat(store.stats().itemCount()).isEqualTo(1);
    assertThat(store.stats().expiringItemCount()).isZero();

    assertThat(store.database(3).delete(bytes("foo"))).isTrue();
    assertThat(store.database(3).stats().itemCount()).isZero();
    assertThat(get(store.database(4), "foo")).contains("4");
    ticker.advance(Duration.ofSeconds(3));
    store.maintain();
    assertThat(store.database(4).stats().itemCount()).isZero();
    assertThat(get(store, "foo")).contains("0");
  }

  @Test
  void database_updatesKeepToIt() {
    Store one = store(PLENTY).database(1);
    put(one, "foo", "bar");
    for (int marks : new int[] {0, Item.STALE, Item.LEASED, Item.STALE | Item.LEASED}) {
      one.update(
          bytes("foo"),
          old -> Update.Replace.value(requireNonNull(old), bytes("baz")).withMarks(marks));
      assertThat(see(one, "foo").marks).isEqualTo(marks);
      long version = see(one, "foo").version;
      Updates.touch(one, bytes("foo"), after(10_000));
      assertThat(see(one, "foo").version).isEqualTo(version);
      assertThat(see(one, "foo").marks).isEqualTo(marks);
      assertThat(one.stats().itemCount()).isEqualTo(1);
    }
  }

  @Test
  void database_numberOutOfBounds() {
    Store store = store(PLENTY);
    assertThatThrownBy(() -> store.database(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> store.database(Store.DATABASES))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void clear_ofADatabase_leavesOthers() {
    Store store = store(PLENTY);
    for (int cleared : new int[] {1, 0, 2, 0, 1}) {
      for (int number = 0; number < 3; number++) {
        Store database = store.database(number);
        for (int i = 0; i < 300; i++) {
          put(database, "key-" + i, number + "-" + i, i % 2 == 0 ? PutOptions.DEFAULT : ttl(9_000));
        }
        put(database, "huge", "v".repeat(5_000_000));
      }
      store.database(cleared).clear();

      for (int number = 0; number < 3; number++) {
        Store database = store.database(number);
        int items = number == cleared ? 0 : 301;
        assertThat(database.stats().itemCount()).isEqualTo(items);
        assertThat(database.stats().expiringItemCount()).isEqualTo(items / 2);
        assertThat(scan(database, 0, 10)).hasSize(items);
        assertThat(get(database, "key-1").isPresent()).isEqualTo(items > 0);
        assertThat(get(database, "huge").isPresent()).isEqualTo(items > 0);
      }
      Store database = store.database(cleared);
      assertThat(Updates.append(database, bytes("key-1"), bytes("x"))).isEqualTo(UpdateResult.KEPT);
      assertThat(database.delete(bytes("key-2"))).isFalse();
      assertThat(database.copy(bytes("huge"), store.database(3), bytes("b"), false))
          .isEqualTo(CopyResult.SOURCE_ABSENT);
      put(database, "key-3", "again");
      assertThat(get(database, "key-3")).contains("again");
      assertThat(database.stats().itemCount()).isEqualTo(1);
      store.maintain();
      assertThat(get(database, "key-3")).contains("again");
      assertThat(database.stats().itemCount()).isEqualTo(1);
    }
  }

  @Test
  void clearAll_clearsAllDatabases() {
    Store store = store(PLENTY);
    for (int number = 0; number < Store.DATABASES; number++) {
      put(store.database(number), "foo", "bar", ttl(1_000));
    }
    store.database(1).clear();
    put(store.database(1), "foo", "bar");

    store.clearAll();

    for (int number = 0; number < Store.DATABASES; number++) {
      Store database = store.database(number);
      assertThat(get(database, "foo")).isEmpty();
      assertThat(database.stats().itemCount()).isZero();
      assertThat(database.stats().expiringItemCount()).isZero();
      put(database, "foo", "bar");
      assertThat(database.stats().itemCount()).isEqualTo(1);
    }
  }

  @Test
  void swap_exchangesNumbers() {
    Store store = store(PLENTY);
    put(store, "foo", "first");
    Store second = store.database(7);
    put(second, "foo", "second");

    store.swap(0, 7);

    assertThat(get(store.database(0), "foo")).contains("second");
    assertThat(get(store.database(7), "foo")).contains("first");
    assertThat(get(second, "foo")).as("the same as before").contains("second");
    store.database(0).clear();
    assertThat(get(store.database(0), "foo")).isEmpty();
    assertThat(get(store.database(7), "foo")).contains("first");
    store.swap(7, 7);
    assertThat(get(store.database(7), "foo")).contains("first");
  }

  @Test
  void copy_toAnotherDatabase() {
    Store store = store(PLENTY);
    Store other = store.database(1);
    put(store, "a", "value", ttl(1_000).withKind(3).withFlags(7));

    assertThat(store.copy(bytes("a"), other, bytes("a"), true)).isEqualTo(CopyResult.COPIED);
    assertThat(store.copy(bytes("a"), other, bytes("a"), true))
        .isEqualTo(CopyResult.TARGET_PRESENT);
    assertThat(other.copy(bytes("a"), store, bytes("b"), true)).isEqualTo(CopyResult.COPIED);

    for (Seen seen : List.of(see(other, "a"), see(store, "b"))) {
      assertThat(seen.value).isEqualTo("value");
      assertThat(seen.kind).isEqualTo(3);
      assertThat(seen.flags).isEqualTo(7);
      assertThat(seen.expiresAtMillis).isEqualTo(see(store, "a").expiresAtMillis);
    }
    assertThat(other.stats().itemCount()).isEqualTo(1);
    assertThat(store.stats().itemCount()).isEqualTo(2);
  }

  /** What was cleared alone takes no memory for long. */
  @Test
  void clear_ofADatabase_givesTheMemoryBack() {
    Store store = store(TIGHT);
    put(store, "stays", "here");
    Store other = store.database(1);
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 200; i++) {
        put(other, "key-" + i, "v".repeat(10_000), ttl(1 + round * 1_000L));
      }
      assertThat(other.stats().itemCount()).isEqualTo(200);
      other.clear();
      assertThat(other.stats().itemCount()).isZero();
      store.maintain();
    }
    assertThat(store.stats().usedBytes()).isLessThan(TIGHT / 2);
    assertThat(store.stats().evictedItemCount()).isZero();
    assertThat(get(store, "stays")).contains("here");
  }

  /** The last item may end where a segment does: no item follows it there. */
  @Test
  void clearOfADatabase_afterItemsOfAnySize() {
    Store store = store(TIGHT);
    Store subject = store.database(2);
    ByteBuffer key = bytes("k");
    for (int length = 0; length < 16; length++) {
      ByteBuffer value = pattern(length, 1);
      for (int i = 0; i < 20_000; i++) {
        subject.put(key, value, PutOptions.DEFAULT);
        subject.clear();
        if (valueOf(subject, key) != null) {
          fail("still there: length=%d i=%d", length, i);
        }
      }
    }
  }

  /**
   * A database is cleared again and again while it is written and read, and another one is
   * overwritten, so that items move. What was stored before a clear is never seen after it, and
   * what is stored after it is not lost.
   */
  @Test
  void threads_clearOfADatabase_isExact() throws Exception {
    Store store = store(TIGHT);
    Store subject = store.database(2);
    threads_clearOfAPart_isExact(store, subject, "", PutOptions.DEFAULT, subject::clear);
    assertThat(subject.stats().itemCount()).isZero();
    assertThat(store.stats().itemCount()).isEqualTo(OTHER_KEYS);
  }

  /** The same for a namespace, while another one inside it is declared and dropped. */
  @Test
  void threads_clearOfANamespace_isExact() throws Exception {
    Store store = store(TIGHT);
    ByteBuffer inner = bytes("ns:own-1");
    store.createNamespace(bytes("ns:"), TtlRule.NONE);
    AtomicInteger clears = new AtomicInteger();
    threads_clearOfAPart_isExact(
        store,
        store,
        "ns:",
        PutOptions.DEFAULT,
        () -> {
          if (clears.incrementAndGet() % 64 == 0) {
            if (!store.dropNamespace(inner)) {
              store.createNamespace(inner, TtlRule.NONE);
            }
          }
          store.clearNamespace(inner);
          assertThat(store.clearNamespace(bytes("ns:"))).isTrue();
        });
    store.dropNamespace(inner);
    store.maintain();
    assertThat(namespace(store, "ns:").itemCount()).isZero();
    assertThat(namespace(store, "ns:").itemBytes()).isZero();
  }

  /** The same for the items of a tag. */
  @Test
  void threads_clearOfATag_isExact() throws Exception {
    Store store = store(TIGHT);
    PutOptions tagged = PutOptions.DEFAULT.withTags(List.of(bytes("other"), bytes("tag")));
    threads_clearOfAPart_isExact(
        store, store, "", tagged, () -> store.clearTags(List.of(bytes("tag"))));
  }

  private void threads_clearOfAPart_isExact(
      Store store, Store subject, String prefix, PutOptions options, Runnable clear)
      throws Exception {
    int keys = 3;
    int clears = 1_000;
    for (int i = 0; i < OTHER_KEYS; i++) { // It may be over before all of them were overwritten.
      store.put(bytes("churn-" + i), pattern(900, 1), PutOptions.DEFAULT);
    }
    AtomicLong begun = new AtomicLong();
    AtomicLong ended = new AtomicLong();
    AtomicLong[] stored = new AtomicLong[keys];
    AtomicLong[] lowest = new AtomicLong[keys];
    Arrays.setAll(stored, i -> new AtomicLong());
    Arrays.setAll(lowest, i -> new AtomicLong());
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger sureHits = new AtomicInteger();
    AtomicInteger sureRestarts = new AtomicInteger();

    Callable<Void> clearer =
        () -> {
          for (int i = 0; i < clears; i++) {
            long[] before = Stream.of(stored).mapToLong(AtomicLong::get).toArray();
            begun.incrementAndGet();
            clear.run();
            ended.incrementAndGet();
            for (int key = 0; key < keys; key++) {
              lowest[key].set(before[key] + 1);
            }
            long twoRoundsLater = stored[0].get() + 2; // The second one sees no clear.
            while (i % 8 == 0 && stored[0].get() < twoRoundsLater && !done.get()) {
              Thread.onSpinWait();
            }
          }
          return null;
        };
    List<Callable<Void>> threads = new ArrayList<>(List.of(clearer));
    for (int key = 0; key < keys; key++) {
      int own = key;
      threads.add(() -> {
        ByteBuffer name = bytes(prefix + "own-" + own);
        ByteBuffer counter = bytes(prefix + "counter-" + own);
        long count = 0;
        long countEnded = 0;
        for (long generation = 1; !done.get(); generation++) {
          long endedBefore = ended.get();
          boolean quiet = endedBefore == begun.get();
          ByteBuffer value = generationValue(own, generation, 16 + own * 500);
          subject.put(name, value, options);
          stored[own].set(generation);
          ByteBuffer found = valueOf(subject, name);
          long next = increment(subject, counter, options);
          boolean stillQuiet = quiet && begun.get() == endedBefore;
          if (stillQuiet) {
            assertThat(found).isEqualTo(value);
            sureHits.incrementAndGet();
            assertThat(next).isEqualTo(countEnded == endedBefore ? count + 1 : 1);
            sureRestarts.addAndGet(countEnded == endedBefore ? 0 : 1);
          }
          count = next;
          countEnded = stillQuiet ? endedBefore : -1;
          if (countEnded < 0) { // From here on it is not known what it should be.
            subject.delete(counter);
            count = 0;
            countEnded = ended.get() == begun.get() ? ended.get() : -2;
          }
        }
        return null;
      });
    }
    threads.add(() -> {
      Random random = new Random();
      while (!done.get()) {
        int key = random.nextInt(keys);
        long bound = lowest[key].get();
        ByteBuffer value = valueOf(subject, bytes(prefix + "own-" + key));
        if (value != null) {
          assertThat(value.getLong(0)).isGreaterThanOrEqualTo(bound);
        }
        subject.copy(bytes(prefix + "own-" + key), bytes(prefix + "copy-" + key), false);
        long copyBound = lowest[key].get();
        ByteBuffer copy = valueOf(subject, bytes(prefix + "copy-" + key));
        if (copy != null) {
          assertThat(copy.getLong(0)).isGreaterThanOrEqualTo(copyBound);
        }
      }
      return null;
    });
    threads.add(() -> {
      Random random = new Random(5);
      while (!done.get()) {
        store.maintain();
        for (int i = 0; i < 2_000; i++) {
          ByteBuffer churned = bytes("churn-" + random.nextInt(OTHER_KEYS));
          store.put(churned, pattern(900, 1), PutOptions.DEFAULT);
        }
      }
      return null;
    });
    runTogether(threads, done);

    assertThat(sureHits.get()).isPositive();
    assertThat(sureRestarts.get()).isPositive();
    assertThat(store.stats().evictedItemCount()).isZero();
    clear.run();
    for (int key = 0; key < keys; key++) {
      assertThat(get(subject, prefix + "own-" + key)).isEmpty();
      assertThat(get(subject, prefix + "copy-" + key)).isEmpty();
      assertThat(get(subject, prefix + "counter-" + key)).isEmpty();
    }
  }

  private static long increment(Store store, ByteBuffer key, PutOptions options) {
    long[] next = new long[1];
    store.update(
        key,
        old -> {
          next[0] = old == null ? 1 : old.value().getLong(old.value().position()) + 1;
          ByteBuffer value = ByteBuffer.allocate(Long.BYTES).putLong(0, next[0]);
          return old == null
              ? Update.Replace.put(value, options)
              : Update.Replace.value(old, value);
        });
    return next[0];
  }

  // ---- namespaces ----

  private static NamespaceStats namespace(Store store, String prefix) {
    return store.namespaces().stream()
        .filter(stats -> stats.prefix().equals(bytes(prefix)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void namespaces_ofNone() {
    Store store = store(PLENTY);
    assertThat(store.namespaces()).isEmpty();
    assertThat(store.clearNamespace(bytes("a:"))).isFalse();
    assertThat(store.dropNamespace(bytes("a:"))).isFalse();
    assertThat(store.alterNamespace(bytes("a:"), TtlRule.NONE)).isFalse();
    store.countRead(bytes("a:1"), true);
  }

  @Test
  void createNamespace_prefixOutOfBounds() {
    Store store = store(PLENTY);
    for (String prefix : List.of("", "p".repeat(251))) {
      assertThatThrownBy(() -> store.createNamespace(bytes(prefix), TtlRule.NONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("prefixBytes=" + prefix.length());
    }
  }

  @Test
  void namespaces_inOrder_untilTheyAreDropped() {
    Store store = store(PLENTY);
    for (String prefix : List.of("b:", "a:", "a:b:", "\u00e4/")) {
      assertThat(store.createNamespace(bytes(prefix), TtlRule.NONE))
          .isEqualTo(CreateResult.CREATED);
      assertThat(store.createNamespace(bytes(prefix), new TtlRule(1, 1, 1)))
          .isEqualTo(CreateResult.PRESENT);
    }
    assertThat(store.alterNamespace(bytes("b:"), new TtlRule(2, 3, 4))).isTrue();

    assertThat(store.namespaces().stream().map(stats -> text(stats.prefix())))
        .containsExactly("a:", "a:b:", "b:", "\u00e4/");
    assertThat(namespace(store, "b:").rule()).isEqualTo(new TtlRule(2, 3, 4));
    assertThat(namespace(store, "a:").rule()).isEqualTo(TtlRule.NONE);

    assertThat(store.dropNamespace(bytes("a:b:"))).isTrue();
    assertThat(store.dropNamespace(bytes("a:b:"))).isFalse();
    assertThat(store.namespaces()).hasSize(3);
  }

  @Test
  void namespace_countsWhatHappensInIt() {
    Store store = store(PLENTY);
    store.createNamespace(bytes("a:"), TtlRule.NONE);
    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    put(store, "a:1", "x");
    put(store.database(3), "a:1", "y", ttl(1_000));
    put(store, "a:b:1", "z");
    put(store, "b:1", "z");
    put(store, "a", "z");
    put(store, "a:1", "xx");
    get(store, "a:1");
    get(store, "a:2");
    getAll(store, "a:1", "a:2", "a:3", "a:b:1", "c");
    store.look(bytes("a:1"), item -> {});
    store.countRead(bytes("a:b:7"), false);

    NamespaceStats outer = namespace(store, "a:");
    assertThat(outer.itemCount()).isEqualTo(2);
    assertThat(outer.itemBytes()).isPositive();
    assertThat(outer.setCount()).isEqualTo(3);
    assertThat(outer.hitCount()).isEqualTo(2);
    assertThat(outer.missCount()).isEqualTo(3);
    assertThat(outer.isCounting()).isFalse();
    NamespaceStats inner = namespace(store, "a:b:");
    assertThat(inner.itemCount()).isEqualTo(1);
    assertThat(inner.setCount()).isEqualTo(1);
    assertThat(inner.hitCount()).isEqualTo(1);
    assertThat(inner.missCount()).isEqualTo(1);

    store.delete(bytes("a:1"));
    ticker.advance(Duration.ofSeconds(10));
    store.maintain();
    assertThat(namespace(store, "a:").itemCount()).isZero();
    assertThat(namespace(store, "a:").itemBytes()).isZero();
    assertThat(namespace(store, "a:").expiredItemCount()).isEqualTo(1);
  }

  @Test
  void namespace_countsEvictions() {
    Store store = store(TIGHT);
    store.createNamespace(bytes("a:"), TtlRule.NONE);
    for (int i = 0; i < 3_000; i++) {
      put(store, "a:" + i, "v".repeat(3_000));
    }
    NamespaceStats stats = namespace(store, "a:");
    assertThat(stats.evictedItemCount()).isPositive().isEqualTo(store.stats().evictedItemCount());
    assertThat(stats.itemCount()).isEqualTo(store.itemCount());
    assertThat(stats.itemCount() + stats.evictedItemCount()).isEqualTo(3_000);
  }

  /** Items that are older than a namespace count, as soon as they were found. */
  @Test
  void createNamespace_countsWhatIsThere() {
    Store store = store(PLENTY);
    for (int i = 0; i < 1_000; i++) {
      put(store, "a:b:" + i, "v".repeat(i));
      put(store, "b:" + i, "v".repeat(i), ttl(1_000 + i * 1_000L));
    }
    store.createNamespace(bytes("a:"), TtlRule.NONE);
    store.createNamespace(bytes("b:"), TtlRule.NONE);
    store.delete(bytes("a:b:0"));
    put(store, "a:b:1", "again");
    put(store, "a:b:new", "new");
    maintain(store, 2);
    assertThat(namespace(store, "a:").itemCount()).isEqualTo(1_000);
    assertThat(namespace(store, "b:").itemCount()).isEqualTo(1_000);
    assertThat(namespace(store, "a:").isCounting()).isFalse();
    long bytes = namespace(store, "a:").itemBytes();

    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    store.delete(bytes("a:b:2"));
    maintain(store, 2);
    store.delete(bytes("a:b:3"));
    assertThat(namespace(store, "a:").itemCount()).isZero();
    assertThat(namespace(store, "a:").itemBytes()).isZero();
    assertThat(namespace(store, "a:b:").itemCount()).isEqualTo(998);

    store.dropNamespace(bytes("a:b:"));
    put(store, "a:b:2", "v".repeat(2));
    put(store, "a:b:3", "v".repeat(3));
    maintain(store, 2);
    assertThat(namespace(store, "a:").itemCount()).isEqualTo(1_000);
    assertThat(namespace(store, "a:").itemBytes()).isEqualTo(bytes);

    for (int second = 0; second < 1_200; second += 100) { // They move from window to window.
      ticker.advance(Duration.ofSeconds(100));
      store.maintain();
    }
    assertThat(namespace(store, "b:").itemCount()).isZero();
    assertThat(namespace(store, "b:").itemBytes()).isZero();
    assertThat(namespace(store, "b:").expiredItemCount()).isEqualTo(1_000);
  }

  private static void maintain(Store store, int times) {
    for (int i = 0; i < times; i++) {
      store.maintain();
    }
  }

  @Test
  void clearNamespace_leavesOthers() {
    Store store = store(PLENTY);
    store.createNamespace(bytes("a:"), TtlRule.NONE);
    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    for (int round = 0; round < 3; round++) {
      for (String key : List.of("a", "a:", "a:1", "a:b", "a:b:", "a:b:1", "b:1")) {
        put(store, key, "old");
        put(store.database(1), key, "old", ttl(9_000));
      }

      assertThat(store.clearNamespace(bytes("a:"))).isTrue();

      for (Store database : List.of(store, store.database(1))) {
        assertThat(scan(database, 0, 100)).containsExactlyInAnyOrder("a", "a:b:", "a:b:1", "b:1");
        assertThat(get(database, "a:1")).isEmpty();
        assertThat(get(database, "a:")).isEmpty();
        assertThat(get(database, "a:b:")).contains("old");
        assertThat(Updates.append(database, bytes("a:1"), bytes("x"))).isEqualTo(UpdateResult.KEPT);
        assertThat(database.delete(bytes("a:b"))).isFalse();
        assertThat(database.copy(bytes("a:1"), bytes("copy"), false))
            .isEqualTo(CopyResult.SOURCE_ABSENT);
      }
      assertThat(namespace(store, "a:").itemCount()).isZero();
      assertThat(namespace(store, "a:").itemBytes()).isZero();
      assertThat(namespace(store, "a:b:").itemCount()).isEqualTo(4);
      put(store, "a:1", "new");
      assertThat(get(store, "a:1")).contains("new");
      assertThat(namespace(store, "a:").itemCount()).isEqualTo(1);
      maintain(store, 2);
      assertThat(get(store, "a:1")).contains("new");
      assertThat(store.itemCount()).isEqualTo(5);
      assertThat(namespace(store, "a:").itemCount()).isEqualTo(1);
    }
    store.clearAll();
    assertThat(namespace(store, "a:b:").itemCount()).isZero();
    put(store, "a:b:1", "new");
    assertThat(namespace(store, "a:b:").itemCount()).isEqualTo(1);
  }

  /** What was cleared stays away, whatever namespace its key belongs to afterwards. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clearNamespace_thenOthersAreDeclared(boolean maintains) {
    Store store = store(PLENTY);
    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    put(store, "a:b:1", "old");
    store.clearNamespace(bytes("a:b:"));
    put(store, "a:b:2", "stays");

    List<Runnable> changes =
        List.of(
            () -> store.dropNamespace(bytes("a:b:")),
            () -> store.createNamespace(bytes("a:"), TtlRule.NONE),
            () -> store.createNamespace(bytes("a:b:"), TtlRule.NONE),
            () -> store.createNamespace(bytes("a:b:1"), TtlRule.NONE),
            () -> store.dropNamespace(bytes("a:b:1")),
            () -> store.dropNamespace(bytes("a:b:")),
            () -> store.dropNamespace(bytes("a:")));
    for (Runnable change : changes) {
      change.run();
      if (maintains) {
        maintain(store, 2);
      }
      assertThat(get(store, "a:b:1")).isEmpty();
      assertThat(get(store, "a:b:2")).contains("stays");
    }
    put(store, "a:b:1", "new");
    maintain(store, 2);
    assertThat(scan(store, 0, 10)).containsExactlyInAnyOrder("a:b:1", "a:b:2");
  }

  @Test
  void clearNamespace_ofTheOuterOne_whileTheInnerIsDropped() {
    Store store = store(PLENTY);
    store.createNamespace(bytes("a:"), TtlRule.NONE);
    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    store.clearNamespace(bytes("a:b:"));
    store.dropNamespace(bytes("a:b:"));
    put(store, "a:b:1", "old");
    store.clearNamespace(bytes("a:"));
    assertThat(get(store, "a:b:1")).isEmpty();

    store.createNamespace(bytes("a:b:"), TtlRule.NONE);
    assertThat(get(store, "a:b:1")).isEmpty();
    put(store, "a:b:1", "new");
    store.clearNamespace(bytes("a:"));
    assertThat(get(store, "a:b:1")).contains("new");
    assertThat(namespace(store, "a:b:").itemCount()).isEqualTo(1);
  }

  @Test
  void namespace_givesTimesToLive() {
    Store store = store(PLENTY);
    store.createNamespace(bytes("d:"), new TtlRule(1_000, 0, 0));
    store.createNamespace(bytes("l:"), new TtlRule(0, 2_000, 0));
    store.createNamespace(bytes("b:"), new TtlRule(5_000, 2_000, 0));
    for (String prefix : List.of("d:", "l:", "b:", "x:")) {
      put(store, prefix + "never", "v");
      put(store, prefix + "soon", "v", ttl(500));
      put(store, prefix + "late", "v", ttl(9_000));
    }
    assertThat(ends(store, "d:")).containsExactly(after(1_000), after(500), after(9_000));
    assertThat(ends(store, "l:")).containsExactly(after(2_000), after(500), after(2_000));
    assertThat(ends(store, "b:")).containsExactly(after(2_000), after(500), after(2_000));
    assertThat(ends(store, "x:")).containsExactly(Item.NEVER, after(500), after(9_000));

    long end = after(500);
    ticker.advance(Duration.ofMillis(100));
    Updates.append(store, bytes("l:soon"), bytes("x"));
    assertThat(see(store, "l:soon").expiresAtMillis).isEqualTo(end);
    Updates.touch(store, bytes("l:soon"), Item.NEVER);
    assertThat(see(store, "l:soon").expiresAtMillis).isEqualTo(after(2_000));
    store.copy(bytes("x:never"), bytes("b:copy"), false);
    assertThat(see(store, "b:copy").expiresAtMillis).isEqualTo(after(2_000));
    store.copy(bytes("l:soon"), bytes("x:copy"), false);
    assertThat(see(store, "x:copy").expiresAtMillis).isEqualTo(after(2_000));
    store.alterNamespace(bytes("d:"), TtlRule.NONE);
    put(store, "d:never", "v");
    assertThat(see(store, "d:never").expiresAtMillis).isEqualTo(Item.NEVER);
  }

  private static List<Long> ends(Store store, String prefix) {
    return Stream.of("never", "soon", "late")
        .map(name -> see(store, prefix + name).expiresAtMillis)
        .toList();
  }

  @Test
  void namespace_shortensTimesAtRandom() {
    Store store = store(PLENTY);
    store.createNamespace(bytes("j:"), new TtlRule(0, 0, 20));
    Set<Long> ends = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      put(store, "j:1", "v", ttl(100_000));
      long end = see(store, "j:1").expiresAtMillis;
      assertThat(end).isBetween(after(80_000), after(100_000));
      ends.add(end);
    }
    assertThat(ends).hasSizeGreaterThan(500);
    put(store, "j:1", "v");
    assertThat(see(store, "j:1").expiresAtMillis).isEqualTo(Item.NEVER);
  }

  // ---- tags ----

  private static PutOptions tags(String... tags) {
    return PutOptions.DEFAULT.withTags(Stream.of(tags).map(StoreContract::bytes).toList());
  }

  private static void clearTags(Store store, String... tags) {
    store.clearTags(Stream.of(tags).map(StoreContract::bytes).toList());
  }

  @Test
  void clearTags_removesWhatHasOneOfThem() {
    Store store = store(PLENTY);
    for (int round = 0; round < 3; round++) {
      put(store, "none", "v");
      put(store, "a", "v", tags("a"));
      put(store, "ab", "v", tags("a", "b").withExpiresAtMillis(after(9_000)).withFlags(7));
      put(store.database(2), "b", "v", tags("b", "b").withKind(3));
      put(store, "c", "v", tags("c"));

      clearTags(store, "b", "nobody");

      assertThat(scan(store, 0, 10)).containsExactlyInAnyOrder("none", "a", "c");
      assertThat(get(store, "ab")).isEmpty();
      assertThat(get(store.database(2), "b")).isEmpty();
      assertThat(getAll(store, "a", "ab", "c")).containsExactly("v", null, "v");
      assertThat(store.delete(bytes("ab"))).isFalse();
      assertThat(store.copy(bytes("ab"), bytes("copy"), false)).isEqualTo(CopyResult.SOURCE_ABSENT);
      put(store, "ab", "new", tags("b"));
      assertThat(get(store, "ab")).contains("new");
      ticker.advance(Duration.ofMinutes(2));
      maintain(store, 2);
      assertThat(get(store, "ab")).contains("new");
      assertThat(store.itemCount()).isEqualTo(4);
      assertThat(store.database(2).itemCount()).isZero();
    }
  }

  @Test
  void tags_areReplacedByPut_andKeptByWhatChangesAnItem() {
    Store store = store(PLENTY);
    for (String key : List.of("put", "append", "touch", "copied", "tagged", "untagged")) {
      put(store, key, "1", tags("t", "u"));
    }
    put(store, "put", "2", tags("x"));
    Updates.append(store, bytes("append"), bytes("2"));
    Updates.touch(store, bytes("touch"), after(1_000));
    store.copy(bytes("copied"), store.database(1), bytes("copy"), false);
    put(store, "copied", "2");
    retag(store, "tagged", List.of(bytes("x")));
    retag(store, "untagged", List.of());

    clearTags(store, "t");

    assertThat(scan(store, 0, 10)).containsExactlyInAnyOrder("put", "copied", "tagged", "untagged");
    assertThat(get(store.database(1), "copy")).isEmpty();
    clearTags(store, "x", "u");
    assertThat(scan(store, 0, 10)).containsExactlyInAnyOrder("copied", "untagged");
    assertThat(get(store, "untagged")).contains("1");
  }

  private static void retag(Store store, String key, List<ByteBuffer> tags) {
    store.update(
        bytes(key),
        old -> Update.Replace.expiry(requireNonNull(old), old.expiresAtMillis()).withTags(tags));
  }

  @Test
  void tags_outOfBounds() {
    assertThatThrownBy(() -> tags("t".repeat(17).split("", -1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("too many tags: tags=18 (expected: 0..16)");
    assertThatThrownBy(() -> tags("t", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tag empty: index=1");
  }

  @Test
  void tags_asManyAsAnItemCanHave() {
    Store store = store(PLENTY);
    for (int cleared = 0; cleared < Store.MAX_TAGS; cleared++) {
      String[] tags = new String[Store.MAX_TAGS];
      Arrays.setAll(tags, i -> "tag-" + i);
      put(store, "k", "v".repeat(1_000), tags(tags));
      assertThat(get(store, "k")).isPresent();
      clearTags(store, "tag-" + cleared);
      assertThat(get(store, "k")).isEmpty();
    }
  }

  // ---- time to live ----

  @Test
  void stats_expiringItems() {
    Store store = store(PLENTY);
    for (int i = 0; i < 300; i++) {
      put(store, "mortal-" + i, "v".repeat(i), ttl(1_000L * (1 + i * i)));
      put(store, "immortal-" + i, "v".repeat(i));
    }
    put(store, "huge", "v".repeat(5_000_000), ttl(1_000_000));
    assertThat(store.stats().expiringItemCount()).isEqualTo(301);

    put(store, "huge", "short");
    put(store, "mortal-1", "v", ttl(2_000_000));
    put(store, "immortal-1", "v", ttl(2_000_000));
    store.delete(bytes("mortal-2"));
    store.delete(bytes("immortal-2"));
    assertThat(store.stats().expiringItemCount()).isEqualTo(300);

    store.clear();
    put(store, "immortal", "v");
    assertThat(store.stats().expiringItemCount()).isZero();
    put(store, "mortal", "v", ttl(1_000));
    assertThat(store.stats().expiringItemCount()).isEqualTo(1);
  }

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

  @Test
  void put_withAnExpiryThatIsPast_removes() {
    Store store = store(PLENTY);
    for (long expiresAtMillis : List.of(ticker.millis(), ticker.millis() - 1, 1L, 0L, -1L)) {
      PutOptions past = PutOptions.DEFAULT.withExpiresAtMillis(expiresAtMillis);
      put(store, "foo", "bar");
      assertThat(put(store, "foo", "new", past)).isEqualTo(PutResult.STORED);
      assertThat(put(store, "other", "new", past)).isEqualTo(PutResult.STORED);
      assertThat(getAll(store, "foo", "other")).containsOnlyNulls();
    }
    ticker.advance(Duration.ofSeconds(2));
    store.maintain();
    assertThat(store.stats().itemCount()).isZero();
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
    long empty = store.stats().usedBytes();
    for (int i = 0; i < 10_000; i++) {
      put(store, "mortal-" + i, "v".repeat(100), ttl(1 + i % 5_000));
      put(store, "immortal-" + i, "v".repeat(100));
    }
    long before = store.stats().usedBytes() - empty;

    for (int second = 0; second < 7; second++) {
      ticker.advance(Duration.ofSeconds(1));
      store.maintain();
    }

    StoreStats stats = store.stats();
    assertThat(stats.itemCount()).isEqualTo(10_000);
    assertThat(stats.expiredItemCount()).isEqualTo(10_000);
    assertThat(stats.usedBytes() - empty).isLessThan(before * 6 / 10);
    for (int i = 0; i < 10_000; i++) {
      assertThat(get(store, "immortal-" + i)).isPresent();
    }
  }

  @Test
  void maintain_manyExpiringItems_refilledOverAndOver() {
    Store store = store(TIGHT);
    for (int i = 0; i < 500; i++) {
      put(store, "immortal-" + i, "v".repeat(100));
    }
    Random random = new Random(7);
    for (int round = 0; round < 60; round++) {
      for (int i = 0; i < 1_000; i++) {
        String value = "v".repeat(random.nextInt(4_000));
        put(store, "mortal-" + round + "-" + i, value, ttl(1 + random.nextInt(1_000)));
      }
      for (int second = 0; second < 3; second++) {
        ticker.advance(Duration.ofSeconds(1));
        store.maintain();
      }
      assertThat(store.stats().itemCount()).isEqualTo(500);
    }
    assertThat(store.stats().evictedItemCount()).isZero();
    assertThat(store.stats().expiredItemCount()).isEqualTo(60_000);
    for (int i = 0; i < 500; i++) {
      assertThat(get(store, "immortal-" + i)).isPresent();
    }
  }

  @Test
  void update_toAnExpiryThatIsPast_removes() {
    Store store = store(PLENTY);
    for (long expiresAtMillis : List.of(ticker.millis(), ticker.millis() - 1, 1L, 0L)) {
      put(store, "foo", "bar");
      assertThat(updatePresent(store, "foo", old -> Update.Replace.expiry(old, expiresAtMillis)))
          .isEqualTo(UpdateResult.STORED);
      assertThat(get(store, "foo")).isEmpty();
      assertThat(store.delete(bytes("foo"))).isFalse();
    }
    ticker.advance(Duration.ofSeconds(2));
    store.maintain();
    assertThat(store.stats().itemCount()).isZero();
  }

  // ---- touch, nowMillis ----

  @Test
  void touch_absent() {
    Store store = store(PLENTY);
    assertThat(Updates.touch(store, bytes("foo"), after(1_000))).isFalse();
    assertThat(Updates.getAndTouch(store, bytes("foo"), after(1_000), new Seen())).isFalse();
    put(store, "foo", "bar", ttl(1));
    ticker.advance(Duration.ofMillis(1));
    assertThat(Updates.touch(store, bytes("foo"), after(1_000))).isFalse();
    assertThat(Updates.getAndTouch(store, bytes("foo"), after(1_000), new Seen())).isFalse();
    assertThat(get(store, "foo")).isEmpty();
  }

  @Test
  void touch_longer() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(10));
    assertThat(Updates.touch(store, bytes("foo"), after(10_000))).isTrue();
    ticker.advance(Duration.ofMillis(9_999));
    store.maintain();
    assertThat(get(store, "foo")).contains("bar");
    ticker.advance(Duration.ofMillis(1));
    assertThat(get(store, "foo")).isEmpty();
  }

  @Test
  void touch_shorter() {
    Store store = store(PLENTY);
    put(store, "mortal", "bar", ttl(10_000));
    put(store, "immortal", "bar");
    assertThat(Updates.touch(store, bytes("mortal"), after(10))).isTrue();
    assertThat(Updates.touch(store, bytes("immortal"), after(10))).isTrue();
    ticker.advance(Duration.ofMillis(9));
    assertThat(getAll(store, "mortal", "immortal")).containsExactly("bar", "bar");
    ticker.advance(Duration.ofMillis(1));
    assertThat(getAll(store, "mortal", "immortal")).containsOnlyNulls();

    ticker.advance(Duration.ofSeconds(2));
    store.maintain();
    assertThat(store.stats().itemCount()).isZero();
  }

  @Test
  void touch_removesTheTimeToLive() {
    Store store = store(PLENTY);
    put(store, "foo", "bar", ttl(10));
    assertThat(Updates.touch(store, bytes("foo"), Item.NEVER)).isTrue();
    ticker.advance(Duration.ofDays(1_000));
    store.maintain();
    assertThat(get(store, "foo")).contains("bar");
    assertThat(see(store, "foo").expiresAtMillis).isEqualTo(Item.NEVER);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 5_000, 300_000, 8_000_000})
  void touch_keepsEverythingElse(int valueBytes) {
    Store store = store(PLENTY);
    put(store, "foo", "v".repeat(valueBytes), PutOptions.DEFAULT.withKind(2).withFlags(-7));
    Seen before = see(store, "foo");
    for (long ttlMillis : List.of(5_000L, Long.MAX_VALUE, 1L << 40, 1_000L)) {
      Seen shown = new Seen();
      long expiresAtMillis = ttlMillis == Long.MAX_VALUE ? Item.NEVER : after(ttlMillis);
      assertThat(Updates.touch(store, bytes("foo"), after(7_000))).isTrue();
      assertThat(Updates.getAndTouch(store, bytes("foo"), expiresAtMillis, shown)).isTrue();

      assertThat(shown.expiresAtMillis).isEqualTo(after(7_000));
      assertThat(shown)
          .usingRecursiveComparison()
          .ignoringFields("expiresAtMillis")
          .isEqualTo(before);
      Seen after = see(store, "foo");
      assertThat(after.expiresAtMillis).isEqualTo(expiresAtMillis);
      assertThat(after)
          .usingRecursiveComparison()
          .ignoringFields("expiresAtMillis")
          .isEqualTo(before);
    }
    assertThat(store.stats().itemCount()).isEqualTo(1);
  }

  @Test
  void touch_againAndAgain_takesNoMemory() {
    Store store = store(TIGHT);
    for (int i = 0; i < 1_000; i++) {
      put(store, "key-" + i, "v".repeat(1_000));
    }
    for (int i = 0; i < 100_000; i++) {
      long expiresAtMillis = i % 3 == 0 ? Item.NEVER : after(i % 3 * 1_000_000L);
      assertThat(Updates.touch(store, bytes("key-" + i % 1_000), expiresAtMillis)).isTrue();
    }
    assertThat(store.stats().itemCount()).isEqualTo(1_000);
    assertThat(store.stats().evictedItemCount()).isZero();
  }

  /** From a millisecond to a century, by factors of ten, and their neighbours. */
  @Test
  void expiry_isExactAtEveryScale() {
    Store store = store(PLENTY);
    for (long scale = 1; scale <= 3_000_000_000_000L; scale *= 10) {
      for (long ttlMillis : List.of(scale, scale + 1, scale * 3 - 1)) {
        put(store, "foo", "bar", ttl(ttlMillis));
        assertThat(see(store, "foo").expiresAtMillis).isEqualTo(ticker.millis() + ttlMillis);
      }
    }
  }

  @Test
  void nowMillis_isTheTickers() {
    Store store = store(PLENTY);
    assertThat(store.nowMillis()).isEqualTo(ticker.millis());
    ticker.advance(Duration.ofDays(400));
    assertThat(store.nowMillis()).isEqualTo(ticker.millis());
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

  @Test
  void put_mixedSizes_staysWithinTheBudget() {
    Store store = store(TIGHT);
    Random random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      // As many of 10 to 100 bytes as of 10 to 100 KB, up to 400 KB.
      int valueBytes = (int) Math.exp(random.nextDouble() * Math.log(400_000));
      ByteBuffer key = bytes("key-" + random.nextInt(2_000));
      ByteBuffer value = pattern(valueBytes, i);
      int ttlMillis = random.nextInt(3) * 1_500;
      PutOptions options = ttlMillis == 0 ? PutOptions.DEFAULT : ttl(ttlMillis);

      assertThat(store.put(key, value, options)).isEqualTo(PutResult.STORED);

      assertThat(valueOf(store, key)).isEqualTo(value);
      if (i % 50 == 0) {
        assertThat(store.stats().usedBytes()).isLessThanOrEqualTo(TIGHT);
        ticker.advance(Duration.ofMillis(random.nextInt(1_000)));
        store.maintain();
      }
    }
  }

  /** What is live takes about six tenths of the budget, the store's own bookkeeping included. */
  @ParameterizedTest
  @CsvSource({"19000, 600", "2400, 8000", "300, 64000"})
  void put_overwritesForLong_loseNothing(int keyCount, int maxValueBytes) {
    Store store = store(16 << 20);
    int[] lengths = new int[keyCount];
    Random random = new Random(9);
    for (int written = 0; written < 300 << 20; written += maxValueBytes / 2) {
      int key = random.nextInt(lengths.length);
      lengths[key] = 1 + random.nextInt(maxValueBytes);
      store.put(bytes("key-" + key), pattern(lengths[key], key), PutOptions.DEFAULT);
    }
    for (int key = 0; key < lengths.length; key++) {
      if (lengths[key] > 0) {
        assertThat(valueOf(store, bytes("key-" + key))).isEqualTo(pattern(lengths[key], key));
      }
    }
    assertThat(store.stats().evictedItemCount()).isZero();
  }

  @Test
  void put_halfTheBudget_againAndAgain() {
    Store store = store(TIGHT);
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 5_000; i++) {
        put(store, "key-" + round + "-" + i, "v".repeat(1_000));
      }
      for (int i = 0; i < 3; i++) {
        ByteBuffer key = bytes("large-" + (round / 2 + i % 2));
        ByteBuffer value = pattern((int) TIGHT / 2, round + i);
        assertThat(store.put(key, value, PutOptions.DEFAULT)).isEqualTo(PutResult.STORED);
        assertThat(valueOf(store, key)).isEqualTo(value);
        assertThat(store.stats().usedBytes()).isLessThanOrEqualTo(TIGHT);
      }
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
        PutOptions options =
            random.nextBoolean() ? ttl(1 + random.nextInt(2_000)) : PutOptions.DEFAULT;
        Condition condition =
            switch (random.nextInt(4)) {
              case 0 -> Condition.IF_ABSENT;
              case 1 -> Condition.IF_PRESENT;
              default -> Condition.ALWAYS;
            };
        boolean holds =
            condition.equals(Condition.ALWAYS)
                || condition.equals(Condition.IF_PRESENT) == values.containsKey(key);
        UpdateResult result = putIf(store, key, value, options, condition);
        assertThat(result == UpdateResult.STORED).as(at).isEqualTo(holds);
        if (holds) {
          values.put(key, value);
          expiries.put(key, options.expiresAtMillis());
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

  /** What is copied may move, or make way for the copy itself. */
  @ParameterizedTest
  @CsvSource({"1_000, 4_000, 200_000", "100_000, 2_000, 2_000_000", "33554432, 12, 100_000_000"})
  void threads_copiesAreWhole(int maxValueBytes, int rounds, long budgetBytes) throws Exception {
    int keys = 4;
    Store store = store(Math.max(TIGHT / 8, budgetBytes));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger copies = new AtomicInteger();

    Callable<Void> copier =
        () -> {
          Random random = new Random(3);
          for (int generation = 1; generation <= rounds; generation++) {
            int key = random.nextInt(keys);
            int length = 16 + random.nextInt(maxValueBytes - 16);
            ByteBuffer value = generationValue(key, generation, length);
            store.put(bytes("key-" + key), value, PutOptions.DEFAULT);
            for (int i = 0; i < 3; i++) {
              ByteBuffer copy = bytes("copy-" + key + "-" + i);
              if (store.copy(bytes("key-" + key), copy, false) == CopyResult.COPIED) {
                copies.incrementAndGet();
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
            ByteBuffer copy = valueOf(store, bytes("copy-" + key + "-" + random.nextInt(3)));
            if (copy != null) {
              long generation = copy.getLong(0);
              assertThat(copy).isEqualTo(generationValue(key, generation, copy.remaining()));
            }
          }
          return null;
        };
    Callable<Void> churner =
        () -> {
          Random random = new Random();
          while (!done.get()) {
            store.put(
                bytes("key-" + (keys + random.nextInt(20))),
                ByteBuffer.allocate(random.nextInt(maxValueBytes / 4)),
                PutOptions.DEFAULT);
            store.maintain();
          }
          return null;
        };
    runTogether(List.of(copier, reader, churner), done);
    assertThat(copies.get()).isPositive();
  }

  @Test
  void threads_conditionsAreAtomic() throws Exception {
    Store store = store(PLENTY);
    AtomicInteger winners = new AtomicInteger();
    int rounds = 2_000;
    Callable<Void> contender =
        () -> {
          for (int round = 0; round < rounds; round++) {
            if (putIf(store, "round-" + round, "mine", Condition.IF_ABSENT)
                == UpdateResult.STORED) {
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

  private PutOptions ttl(long ttlMillis) {
    return PutOptions.DEFAULT.withExpiresAtMillis(after(ttlMillis));
  }

  private long after(long ttlMillis) {
    long expiresAtMillis = ticker.millis() + ttlMillis;
    return expiresAtMillis < 0 ? Item.NEVER : expiresAtMillis; // Past the end of time.
  }

  private static UpdateResult putIf(
      Store store, String key, String value, PutOptions options, Condition condition) {
    return Updates.putIf(store, bytes(key), bytes(value), options, condition);
  }

  private static UpdateResult putIf(Store store, String key, String value, Condition condition) {
    return putIf(store, key, value, PutOptions.DEFAULT, condition);
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

  /** An update of an item that must be there. */
  private static UpdateResult updatePresent(
      Store store, String key, Function<Item, Update> updater) {
    return store.update(bytes(key), old -> updater.apply(requireNonNull(old)));
  }

  private static Optional<String> get(Store store, ByteBuffer key) {
    return Optional.ofNullable(valueOf(store, key))
        .map(value -> StandardCharsets.UTF_8.decode(value).toString());
  }

  private static @Nullable ByteBuffer valueOf(Store store, ByteBuffer key) {
    ByteBuffer[] last = new ByteBuffer[1];
    boolean hit =
        store.get(
            key,
            item -> {
              ByteBuffer value = item.value();
              last[0] = ByteBuffer.allocate(value.remaining()).put(value.duplicate()).flip();
            });
    // A reader may have been shown what was being removed.
    return hit ? requireNonNull(last[0]) : null;
  }

  private static Seen see(Store store, String key) {
    Seen seen = new Seen();
    assertThat(store.get(bytes(key), seen)).isTrue();
    return seen;
  }

  private static List<@Nullable String> getAll(Store store, String... keys) {
    List<@Nullable String> values = new ArrayList<>();
    store.getAll(
        Stream.of(keys).map(StoreContract::bytes).toList(),
        (keyIndex, item) -> {
          assertThat(keyIndex).isBetween(values.size() - 1, values.size());
          if (keyIndex < values.size()) {
            values.removeLast();
          }
          values.add(item == null ? null : text(item.value()));
        });
    return values;
  }

  private static Set<String> scan(Store store, long cursor, int maxKeys) {
    Set<String> keys = new HashSet<>();
    int steps = 0;
    do {
      cursor = store.scan(cursor, maxKeys, key -> keys.add(text(key)));
      assertThat(steps++).as("steps of a scan that ought to end").isLessThan(1_000_000);
    } while (cursor != 0);
    return keys;
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  /** What an item said of itself when it was last shown. */
  private static final class Seen implements ItemReader {
    private String value = "";
    private int kind;
    private int marks;
    private int flags;
    private long version;
    private long expiresAtMillis;

    @Override
    public void read(Item item) {
      value = text(item.value());
      kind = item.kind();
      marks = item.marks();
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
