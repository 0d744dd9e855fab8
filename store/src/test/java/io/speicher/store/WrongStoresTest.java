package io.speicher.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Operation.Put;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The test of the test: stores with one fault each, which the model has to find and to show in a
 * handful of operations.
 */
final class WrongStoresTest {
  private static final int HANDFUL = 6;
  private static final long OPERATIONS = 300_000;

  @ParameterizedTest
  @EnumSource
  void fault_isFoundAndShrunk(Fault fault) {
    long seed = Long.getLong("seed", new Random().nextLong());
    for (boolean evicts : fault.looksLikeEviction ? List.of(false) : List.of(false, true)) {
      ModelCheck check = check(fault, evicts);
      ModelCheck.Failure failure = check.find(seed, OPERATIONS).orElseThrow();

      assertThat(failure.program())
          .as("-Dseed=" + seed + " " + failure)
          .hasSizeLessThanOrEqualTo(HANDFUL);
      assertThat(check.run(failure.program())).isPresent();
    }
  }

  @Test
  void check_ofAStore_isAsked() {
    ModelCheck check =
        new ModelCheck(
            HeapStore::new,
            store -> assertThat(store.stats().itemCount()).isLessThan(3),
            /* keyCount */ 100,
            /* evicts */ false);
    assertThat(check.find(1, OPERATIONS).orElseThrow().program()).hasSize(3);
  }

  /** Of two thousand operations, the two that matter are left, and made small. */
  @Test
  void shrink_leavesWhatMatters() {
    RandomOperations operations = new RandomOperations(3, 100);
    List<Operation> program = new ArrayList<>();
    while (program.size() < 2_000) {
      program.add(operations.next());
    }
    ModelCheck check = check(Fault.DELETE_LEAVES_LONG_VALUES, /* evicts */ false);
    ModelCheck.Failure failure = check.run(program).orElseThrow();

    ModelCheck.Failure shrunk = new Shrinker(check::run, () -> false).shrink(failure);

    assertThat(shrunk.program()).hasSize(2);
    assertThat(shrunk.program().getFirst())
        .isInstanceOfSatisfying(Put.class, put -> assertThat(put.value().size()).isEqualTo(1_001));
    assertThat(shrunk.toString()).contains("   1  Put[key=", "   2  Delete");
  }

  private static ModelCheck check(Fault fault, boolean evicts) {
    return new ModelCheck(
        (budgetBytes, ticker) -> new WrongStore(new HeapStore(budgetBytes, ticker), fault),
        _ -> {},
        /* keyCount */ 100,
        evicts);
  }

  /** What is wrong with a store. */
  enum Fault {
    TOUCH_FORGETS_FLAGS(false),
    APPEND_KEEPS_THE_VERSION(false),
    EXPIRY_IS_A_MILLISECOND_LATE(false),
    COPY_FORGETS_FLAGS(false),
    COPY_REPLACES_WHAT_IS_PRESENT(true),
    DELETE_LEAVES_LONG_VALUES(false),
    CLEAR_LEAVES_LONG_KEYS(false),
    SCAN_SHOWS_DELETED_KEYS(false),
    SCAN_MISSES_LONG_KEYS(false),
    THROWING_UPDATE_REMOVES(true),
    TOO_LARGE_VALUE_LEAVES_THE_OLD_ONE(false),
    ITEM_GETS_LOST(true);

    private final boolean looksLikeEviction;

    Fault(boolean looksLikeEviction) {
      this.looksLikeEviction = looksLikeEviction;
    }
  }

  /** A store with a fault. */
  private static final class WrongStore implements Store {
    private static final int LONG_KEY = 300;
    private static final int LONG_VALUE = 1_000;

    private final Store store;
    private final Fault fault;
    private final List<ByteBuffer> deleted = new ArrayList<>();
    private int puts;

    WrongStore(Store store, Fault fault) {
      this.store = store;
      this.fault = fault;
    }

    @Override
    public boolean get(ByteBuffer key, ItemReader reader) {
      return store.get(key, reader);
    }

    @Override
    public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
      boolean late =
          fault == Fault.EXPIRY_IS_A_MILLISECOND_LATE && options.expiresAtMillis() != Item.NEVER;
      PutOptions wrong =
          late ? options.withExpiresAtMillis(options.expiresAtMillis() + 1) : options;
      if (fault == Fault.TOO_LARGE_VALUE_LEAVES_THE_OLD_ONE
          && value.remaining() > store.stats().budgetBytes()) {
        return PutResult.TOO_LARGE;
      }
      PutResult result = store.put(key, value, wrong);
      if (fault == Fault.ITEM_GETS_LOST && ++puts % 3 == 0) {
        store.delete(key);
      }
      return result;
    }

    @Override
    public CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
      return store.createNamespace(prefix, rule);
    }

    @Override
    public boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
      return store.alterNamespace(prefix, rule);
    }

    @Override
    public boolean dropNamespace(ByteBuffer prefix) {
      return store.dropNamespace(prefix);
    }

    @Override
    public boolean clearNamespace(ByteBuffer prefix) {
      return store.clearNamespace(prefix);
    }

    @Override
    public List<NamespaceStats> namespaces() {
      return store.namespaces();
    }

    @Override
    public void countRead(ByteBuffer key, boolean hit) {
      store.countRead(key, hit);
    }

    @Override
    public void clearTags(List<ByteBuffer> tags) {
      store.clearTags(tags);
    }

    @Override
    public Prefetch newPrefetch() {
      return store.newPrefetch();
    }

    @Override
    public boolean delete(ByteBuffer key) {
      if (fault == Fault.DELETE_LEAVES_LONG_VALUES) {
        boolean[] isLong = new boolean[1];
        boolean hit = store.get(key, item -> isLong[0] = item.value().remaining() > LONG_VALUE);
        return hit && (isLong[0] || store.delete(key));
      }
      boolean done = store.delete(key);
      if (done) {
        deleted.add(key);
      }
      return done;
    }

    @Override
    public UpdateResult update(ByteBuffer key, Updater updater) {
      try {
        return store.update(
            key,
            old -> {
              Update update = updater.update(old);
              return update instanceof Update.Replace replace ? wrong(replace) : update;
            });
      } catch (RuntimeException e) {
        if (fault == Fault.THROWING_UPDATE_REMOVES) {
          store.delete(key);
        }
        throw e;
      }
    }

    @Override
    public Store database(int number) {
      return number == 0 ? this : store.database(number);
    }

    @Override
    public void swap(int number, int other) {
      store.swap(number, other);
    }

    @Override
    public int number() {
      return store.number();
    }

    @Override
    public void clearAll() {
      store.clearAll();
    }

    @Override
    public UpdateResult updateLeased(ByteBuffer key, Updater updater) {
      return store.updateLeased(key, updater);
    }

    @Override
    public void listen(@Nullable ChangeListener listener) {
      store.listen(listener);
    }

    @Override
    public CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent) {
      CopyResult result =
          store.copy(
              from,
              target == this ? store : target,
              to,
              onlyIfAbsent && fault != Fault.COPY_REPLACES_WHAT_IS_PRESENT);
      if (fault == Fault.COPY_FORGETS_FLAGS && result == CopyResult.COPIED) {
        store.update(
            to,
            copy ->
                copy == null
                    ? Update.KEEP
                    : new Update.Replace(
                        copy.value(),
                        ByteBuffer.allocate(0),
                        copy.kind(),
                        0,
                        copy.expiresAtMillis(),
                        Update.Replace.NEW_VERSION));
      }
      return result;
    }

    private Update.Replace wrong(Update.Replace replace) {
      return new Update.Replace(
          replace.head(),
          replace.gapBytes(),
          replace.middle(),
          replace.tail(),
          replace.kind(),
          replace.marks(),
          fault == Fault.TOUCH_FORGETS_FLAGS && keepsVersion(replace) ? 0 : replace.flags(),
          replace.expiresAtMillis(),
          fault == Fault.APPEND_KEEPS_THE_VERSION && replace.tail().hasRemaining()
              ? Update.Replace.KEEP_VERSION
              : replace.version());
    }

    private static boolean keepsVersion(Update.Replace replace) {
      return replace.version() == Update.Replace.KEEP_VERSION;
    }

    @Override
    public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
      if (fault == Fault.SCAN_SHOWS_DELETED_KEYS) {
        deleted.forEach(visitor::visit);
      }
      return store.scan(
          cursor,
          maxKeys,
          key -> {
            if (fault != Fault.SCAN_MISSES_LONG_KEYS || key.remaining() < LONG_KEY) {
              visitor.visit(key);
            }
          });
    }

    @Override
    public void clear() {
      if (fault != Fault.CLEAR_LEAVES_LONG_KEYS) {
        store.clear();
        return;
      }
      List<ByteBuffer> keys = new ArrayList<>();
      store.scan(0, Integer.MAX_VALUE, keys::add);
      keys.stream().filter(key -> key.remaining() < LONG_KEY).forEach(store::delete);
    }

    @Override
    public void maintain() {
      store.maintain();
    }

    @Override
    public long nowMillis() {
      return store.nowMillis();
    }

    @Override
    public StoreStats stats() {
      return store.stats();
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
