package io.speicher.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store keeps to where leases and listeners are concerned. */
public abstract class LeaseContract {
  private static final int THREADS = 4;
  private static final int ROUNDS = 2_000;
  private static final long LEASE_MILLIS = 10_000;

  private final FakeTicker ticker = new FakeTicker();
  private Store store;
  private Leases leases;

  /** Makes a store of 64 MiB, which the test closes. */
  protected abstract Store create(Ticker ticker);

  @BeforeEach
  final void open() {
    store = create(ticker);
    leases = new Leases(store);
  }

  @AfterEach
  final void close() {
    store.close();
  }

  // ---- leases ----

  @Test
  void lease_oneGetsIt_andItsValueIsStored() {
    long lease = ask("foo");
    assertThat(lease).isPositive();
    assertThat(ask("foo")).isZero();
    assertThat(set("foo", lease)).isEqualTo(UpdateResult.STORED);
    assertThat(set("foo", lease)).isEqualTo(UpdateResult.KEPT);
    assertThat(ask("foo")).isZero();
  }

  /** Any number of threads ask at once, whatever happens to the key in between. */
  @Test
  void lease_oneOfManyGetsIt() throws Exception {
    race(round -> {});
  }

  /** A clear makes writers begin anew: none of them may overlook who was quicker. */
  @Test
  void lease_oneOfManyGetsIt_whileADatabaseIsCleared() throws Exception {
    Store other = store.database(1);
    other.put(bytes("x"), bytes("x"), PutOptions.DEFAULT);
    race(round -> store.clear());
  }

  private void race(Consumer<Integer> before) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String key = "k" + round;
        before.accept(round);
        List<Callable<Long>> asking = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          asking.add(() -> {
            start.await();
            return ask(key);
          });
        }
        List<Long> given = new ArrayList<>();
        for (Future<Long> one : threads.invokeAll(asking)) {
          given.add(one.get());
        }
        assertThat(given).filteredOn(lease -> lease > 0).hasSize(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void placeholder_isNoItem() {
    ask("foo");
    assertThat(store.get(bytes("foo"), item -> {})).isFalse();
    List<String> found = new ArrayList<>();
    store.scan(0, 100, key -> found.add(StandardCharsets.UTF_8.decode(key).toString()));
    assertThat(found).isEmpty();
    long cursor = 0;
    do {
      cursor =
          store.scanLeased(
              cursor, 100, key -> found.add(StandardCharsets.UTF_8.decode(key).toString()));
    } while (cursor != 0);
    assertThat(found).containsExactly("foo");
    assertThat(store.copy(bytes("foo"), bytes("bar"), false)).isEqualTo(CopyResult.SOURCE_ABSENT);
    store.put(bytes("bar"), bytes("1"), PutOptions.DEFAULT);
    assertThat(store.copy(bytes("bar"), bytes("foo"), true)).isEqualTo(CopyResult.COPIED);
  }

  @Test
  void lease_endsWithADeletion_thoughThereWasNothingToDelete() {
    long lease = ask("foo");
    assertThat(store.delete(bytes("foo"))).isFalse();
    assertThat(set("foo", lease)).isEqualTo(UpdateResult.KEPT);
    assertThat(store.get(bytes("foo"), item -> {})).isFalse();
  }

  @Test
  void lease_endsWithAnyOtherChange() {
    List<Consumer<String>> changes =
        List.of(
            key -> store.put(bytes(key), bytes("1"), PutOptions.DEFAULT),
            key ->
                store.update(bytes(key), old -> Update.Replace.put(bytes("1"), PutOptions.DEFAULT)),
            key -> store.clear(),
            key -> store.clearAll(),
            key -> ticker.advance(Duration.ofMillis(LEASE_MILLIS)));
    for (int i = 0; i < changes.size(); i++) {
      long lease = ask("k" + i);
      changes.get(i).accept("k" + i);
      assertThat(set("k" + i, lease)).as("change %d", i).isEqualTo(UpdateResult.KEPT);
    }
  }

  /** A key without an item has no tags: only whoever stores one says what it belongs to. */
  @Test
  void lease_endsWithTheClearOfATag_thatItsItemWouldCarry() {
    long cleared = ask("foo");
    long other = ask("bar");
    store.clearTags(List.of(bytes("t")));
    assertThat(setTagged("foo", cleared, "s", "t")).isEqualTo(UpdateResult.KEPT);
    assertThat(store.get(bytes("foo"), item -> {})).isFalse();
    long next = ask("foo");
    assertThat(next).as("given at once").isPositive();
    assertThat(setTagged("foo", next, "s", "t")).isEqualTo(UpdateResult.STORED);
    assertThat(setTagged("bar", other, "s")).isEqualTo(UpdateResult.STORED);
  }

  /** Too much may end by a clear, and never too little. */
  @Test
  void lease_endsWithTheClearOfATag_howeverManyFollow() {
    long lease = ask("foo");
    store.clearTags(List.of(bytes("t")));
    for (int i = 0; i < 3_000; i++) {
      store.clearTags(List.of(bytes("other" + i)));
    }
    assertThat(setTagged("foo", lease, "t")).isEqualTo(UpdateResult.KEPT);
  }

  /** Whatever order a clear and a set by a lease come in, the clear is not overlooked. */
  @Test
  void lease_storesNothing_thatIsSeenAfterTheClear() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        String key = "k" + round;
        long lease = ask(key);
        CyclicBarrier start = new CyclicBarrier(2);
        Future<?> clear =
            thread.submit(() -> {
              start.await();
              store.clearTags(List.of(bytes("t")));
              return null;
            });
        start.await();
        setTagged(key, lease, "t");
        clear.get();
        assertThat(store.get(bytes(key), item -> {})).as("round %d", round).isFalse();
      }
    } finally {
      thread.shutdownNow();
    }
  }

  /** What is leased takes a byte for the marks and eight for the version more. */
  @Test
  void lease_ofAStaleItem_survivesMaintenance() {
    store.put(bytes("foo"), bytes("old"), PutOptions.DEFAULT);
    store.updateLeased(bytes("foo"), old -> Leases.stale(requireNonNull(old), Item.NEVER));
    long lease = ask("foo");
    assertThat(lease).isPositive();
    store.maintain();
    assertThat(ask("foo")).isZero();
    ticker.advance(Duration.ofMillis(LEASE_MILLIS));
    long next = ask("foo");
    assertThat(next).isPositive();
    assertThat(set("foo", lease)).isEqualTo(UpdateResult.KEPT);
    assertThat(set("foo", next)).isEqualTo(UpdateResult.STORED);
  }

  // ---- listeners ----

  @Test
  void listener_isToldOfEachChange() {
    List<String> told = new ArrayList<>();
    store.listen(listener(told));
    store.put(bytes("a"), bytes("1"), PutOptions.DEFAULT);
    store.update(bytes("b"), old -> Update.Replace.put(bytes("1"), PutOptions.DEFAULT));
    store.update(bytes("b"), old -> Update.KEEP);
    store.update(bytes("b"), old -> Update.REMOVE);
    store.copy(bytes("a"), bytes("c"), false);
    store.delete(bytes("c"));
    store.delete(bytes("none"));
    assertThat(told.stream().distinct()).containsExactly("0:a", "0:b", "0:c");
    told.clear();
    store.database(2).put(bytes("a"), bytes("1"), PutOptions.DEFAULT);
    assertThat(told).first().isEqualTo(store.database(2).number() + ":a");
    told.clear();
    store.clear();
    assertThat(told).contains("all");
    told.clear();
    store.swap(0, 2);
    assertThat(told).containsExactly("all");
    told.clear();
    store.listen(null);
    store.clearAll();
    assertThat(told).isEmpty();
  }

  @Test
  void listener_isToldOfAnEnd_withinTwoSeconds() {
    List<String> told = new ArrayList<>();
    for (long ttlMillis : new long[] {1_000, 20_000, 1_000_000}) {
      PutOptions options = PutOptions.DEFAULT.withExpiresAtMillis(ticker.millis() + ttlMillis);
      store.put(bytes("t" + ttlMillis), bytes("1"), options);
    }
    store.listen(listener(told));
    for (int seconds = 0; seconds < 1_003; seconds++) {
      ticker.advance(Duration.ofSeconds(1));
      store.maintain();
      if (seconds == 3) {
        assertThat(told).containsOnly("0:t1000");
      }
      if (seconds == 22) {
        assertThat(told).containsOnly("0:t1000", "0:t20000");
      }
    }
    assertThat(told).containsOnly("0:t1000", "0:t20000", "0:t1000000");
  }

  private static ChangeListener listener(List<String> told) {
    return new ChangeListener() {
      @Override
      public void changed(int database, ByteBuffer key) {
        told.add(database + ":" + StandardCharsets.UTF_8.decode(key.duplicate()));
      }

      @Override
      public void cleared() {
        told.add("all");
      }
    };
  }

  // ---- helpers ----

  private long ask(String key) {
    long[] given = new long[1];
    leases.get(bytes(key), LEASE_MILLIS, 0, (item, lease) -> given[0] = lease);
    return given[0];
  }

  private UpdateResult set(String key, long lease) {
    return leases.set(
        bytes(key), lease, old -> Update.Replace.put(bytes("new"), PutOptions.DEFAULT));
  }

  private UpdateResult setTagged(String key, long lease, String... tags) {
    List<ByteBuffer> carried = Stream.of(tags).map(LeaseContract::bytes).toList();
    return leases.set(
        bytes(key),
        lease,
        old -> Update.Replace.put(bytes("new"), PutOptions.DEFAULT).withTags(carried));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
