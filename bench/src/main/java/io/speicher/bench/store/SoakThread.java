package io.speicher.bench.store;

import static java.util.Objects.requireNonNull;

import io.speicher.bench.store.SoakValue.Generations;
import io.speicher.store.Item;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** One thread of a soak: it reads everybody's keys and writes to its own. */
final class SoakThread {
  private static final int BATCH_KEYS = 32;
  private static final long MAX_TTL_MILLIS = 10_000;

  /** How much later than a write began its time to live may be counted from. */
  private static final long STALL_MILLIS = 30_000;

  private final Store store;
  private final SoakRecord record;
  private final SoakCounters.Counting counters;
  private final int owner;
  private final int owners;
  private final IntSupplier keyCount;
  private final int maxChunks;
  private final XorShift random;
  private final Prefetch prefetch;
  private final Map<SoakOperation, LongAdder> operations = new EnumMap<>(SoakOperation.class);
  private final Keys keys = new Keys();
  private final ByteBuffer value;
  private final List<Seen> batch = new ArrayList<>();
  private final List<ByteBuffer> batchKeys;
  private final Seen seen;

  /**
   * Makes a thread.
   *
   * @param keyCount how many keys are in use; it grows
   * @param maxChunks the length of the longest value that is put
   */
  SoakThread(
      Store store,
      SoakRecord record,
      SoakCounters counters,
      int owner,
      int owners,
      IntSupplier keyCount,
      int maxChunks,
      long seed) {
    this.store = store;
    this.record = record;
    this.owner = owner;
    this.owners = owners;
    this.keyCount = keyCount;
    this.maxChunks = maxChunks;
    random = new XorShift(seed);
    prefetch = store.newPrefetch();
    for (SoakOperation operation : SoakOperation.values()) {
      operations.put(operation, new LongAdder());
    }
    this.counters = counters.new Counting(owner, random);
    value = ByteBuffer.allocateDirect(maxChunks * SoakValue.chunkBytes(15));
    seen = new Seen(value.capacity());
    for (int i = 0; i < BATCH_KEYS; i++) {
      batch.add(new Seen(value.capacity()));
    }
    batchKeys = batch.stream().map(each -> each.key).toList();
  }

  /** Does one operation, and checks what came of it. */
  void step() {
    SoakOperation operation = SoakOperation.next(random);
    switch (operation) {
      case GET -> get(anyIndex());
      case GET_ALL -> getAll();
      case PUT -> put(ownIndex(), PutOptions.DEFAULT);
      case PUT_EXPIRING -> put(ownIndex(), PutOptions.DEFAULT.withExpiresAtMillis(soonMillis()));
      case PUT_CONDITIONALLY -> putConditionally(ownIndex());
      case APPEND -> extend(ownIndex(), true);
      case PREPEND -> extend(ownIndex(), false);
      case ADD -> counters.add();
      case COMPARE_AND_SET -> counters.compareAndSet();
      case TOUCH -> touch(ownIndex());
      case GET_AND_TOUCH -> getAndTouch(ownIndex());
      case DELETE -> delete(ownIndex());
      case DELETE_VERSION -> deleteVersion(ownIndex());
    }
    requireNonNull(operations.get(operation)).increment();
  }

  long operations(SoakOperation operation) {
    return requireNonNull(operations.get(operation)).sum();
  }

  /** Reads a key and checks what it has. Only its owner checks the expiry. */
  void get(int index) {
    ByteBuffer key = keys.key(index);
    seen.expect(index);
    boolean hit =
        random.below(2) == 0
            ? store.get(key, seen::take)
            : store.get(key, prefetch, prefetch(key), seen::take);
    if (hit) {
      seen.check();
      if (isOwn(index)) {
        checkExpiry(index, seen.expiresAtMillis);
      }
    }
  }

  /** Adds a key to a new batch, twice, since one alone is not looked for. */
  private int prefetch(ByteBuffer key) {
    prefetch.clear();
    prefetch.add(store.number(), key, 0, key.remaining(), random.below(2) == 0);
    int place = prefetch.add(store.number(), key, 0, key.remaining(), random.below(2) == 0);
    prefetch.fetch();
    return place;
  }

  private void getAll() {
    batch.forEach(each -> each.expect(anyIndex()));
    store.getAll(
        batchKeys,
        (keyIndex, item) -> {
          batch.get(keyIndex).found = item != null;
          if (item != null) {
            batch.get(keyIndex).take(item);
          }
        });
    for (Seen each : batch) {
      if (each.found) {
        each.check();
      }
    }
  }

  private void put(int index, PutOptions options) {
    ByteBuffer key = keys.key(index);
    long generation = beginPut(index);
    PutOptions marked = marked(options, generation);
    PutResult result =
        random.below(2) == 0
            ? store.put(key, value, marked)
            : store.put(key, value, marked, prefetch, prefetch(key));
    switch (result) {
      case STORED -> record.wasPut(index, generation, options.expiresAtMillis());
      case TOO_LARGE -> record.fault("too large: valueBytes=" + value.remaining());
    }
    record.end(owner);
  }

  /** Makes the value of the next generation, which it returns. */
  private long beginPut(int index) {
    long generation = record.begin(owner);
    int chunks = 1 + (int) random.below(random.below(4) == 0 ? 4 : maxChunks);
    SoakValue.write(value, index, generation, chunks);
    return generation;
  }

  private static PutOptions marked(PutOptions options, long generation) {
    return options.withKind((int) generation & 3).withFlags((int) generation);
  }

  private void putConditionally(int index) {
    boolean absent = record.isAbsent(index, store.nowMillis());
    boolean ifAbsent = random.below(2) == 0;
    long generation = beginPut(index);
    PutOptions marked = marked(PutOptions.DEFAULT, generation);
    UpdateResult result =
        store.update(
            keys.key(index),
            old -> (old == null) == ifAbsent ? Update.Replace.put(value, marked) : Update.KEEP);
    if (result == UpdateResult.STORED) {
      record.wasPut(index, generation, Item.NEVER);
    }
    record.end(owner);
    if (absent && (result == UpdateResult.STORED) != ifAbsent) {
      record.fault("condition wrong: ifAbsent=" + ifAbsent + " result=" + result);
    }
  }

  private void extend(int index, boolean atEnd) {
    boolean absent = record.isAbsent(index, store.nowMillis());
    long generation = record.begin(owner);
    SoakValue.writeAlone(value, index, generation);
    UpdateResult result =
        store.update(
            keys.key(index),
            old ->
                old == null
                    ? Update.KEEP
                    : atEnd
                        ? Update.Replace.value(old, old.value(), value)
                        : Update.Replace.value(old, value, old.value()));
    if (result == UpdateResult.STORED) {
      record.wasExtended(index, generation);
      checkAbsent(absent, "appended to");
    } else if (result == UpdateResult.TOO_LARGE) {
      record.fault("too large: added to index=" + index);
    }
    record.end(owner);
  }

  private void touch(int index) {
    boolean absent = record.isAbsent(index, store.nowMillis());
    long expiresAtMillis = random.below(3) == 0 ? Item.NEVER : soonMillis();
    UpdateResult result =
        store.update(
            keys.key(index),
            old -> old == null ? Update.KEEP : Update.Replace.expiry(old, expiresAtMillis));
    if (result != UpdateResult.KEPT) {
      checkAbsent(absent, "touched");
      record.wasTouched(index, expiresAtMillis);
    }
  }

  private void getAndTouch(int index) {
    boolean absent = record.isAbsent(index, store.nowMillis());
    seen.expect(index);
    long expiresAtMillis = soonMillis();
    UpdateResult result =
        store.update(
            keys.key(index),
            old -> {
              if (old == null) {
                return Update.KEEP;
              }
              seen.take(old);
              return Update.Replace.expiry(old, expiresAtMillis);
            });
    if (result != UpdateResult.KEPT) {
      checkAbsent(absent, "touched and shown");
      seen.check();
      checkExpiry(index, seen.expiresAtMillis);
      record.wasTouched(index, expiresAtMillis);
    }
  }

  private void delete(int index) {
    boolean absent = record.isAbsent(index, store.nowMillis());
    long generation = record.begin(owner);
    if (store.delete(keys.key(index))) {
      checkAbsent(absent, "deleted");
    }
    record.wasDeleted(index, generation);
    record.end(owner);
  }

  private void deleteVersion(int index) {
    seen.expect(index);
    if (!store.get(keys.key(index), seen::take)) {
      return;
    }
    seen.check();
    long generation = record.begin(owner);
    boolean[] changed = new boolean[1];
    store.update(
        keys.key(index),
        old -> {
          changed[0] = old != null && old.version() != seen.version;
          return changed[0] ? Update.KEEP : Update.REMOVE;
        });
    if (changed[0]) {
      record.fault("version changed by itself: index=" + index);
    }
    record.wasDeleted(index, generation);
    record.end(owner);
  }

  private void checkAbsent(boolean absent, String what) {
    if (absent) {
      record.fault("item " + what + " that had been deleted or had expired");
    }
  }

  private void checkExpiry(int index, long expiresAtMillis) {
    long latest = record.expiresByMillis(index);
    boolean right =
        latest == Item.NEVER
            ? expiresAtMillis == Item.NEVER
            : expiresAtMillis <= latest && expiresAtMillis >= latest - STALL_MILLIS;
    if (!right) {
      record.fault("expiry wrong: index=" + index + " at=" + expiresAtMillis + " latest=" + latest);
    }
  }

  private long soonMillis() {
    return store.nowMillis() + 1 + random.below(random.below(2) == 0 ? 1_000 : MAX_TTL_MILLIS);
  }

  private int anyIndex() {
    return (int) random.below(keyCount.getAsInt());
  }

  private int ownIndex() {
    return (int) random.below(keyCount.getAsInt() / owners) * owners + owner;
  }

  private boolean isOwn(int index) {
    return index % owners == owner;
  }

  /** An item as it was seen, and what it had to be at least when the look began. */
  private final class Seen {
    private final ByteBuffer key = ByteBuffer.allocateDirect(Keys.KEY_BYTES);
    private ByteBuffer copy;
    private int index;
    private long oldest;
    private long newest;
    private long cleared;
    private long nowMillis;
    private boolean found;
    private int kind;
    private int flags;
    private long version;
    private long expiresAtMillis;

    Seen(int bytes) {
      copy = ByteBuffer.allocateDirect(bytes);
    }

    void expect(int expectedIndex) {
      index = expectedIndex;
      Keys.write(index, key);
      cleared = record.cleared();
      oldest = record.oldest(index);
      newest = record.newest(index);
      nowMillis = store.nowMillis();
    }

    /** May be called again. */
    void take(Item item) {
      ByteBuffer shown = item.value();
      if (shown.remaining() > copy.capacity()) { // Many appends since the last put.
        copy = ByteBuffer.allocateDirect(2 * shown.remaining());
      }
      copy.clear().put(shown).flip();
      kind = item.kind();
      flags = item.flags();
      version = item.version();
      expiresAtMillis = item.expiresAtMillis();
    }

    void check() {
      Generations generations = SoakValue.read(copy, index);
      if (generations == null) {
        record.fault("value torn or of another key: index=" + index + " bytes=" + copy.limit());
        return;
      }
      require(generations.newest() <= record.generation(), "generation of nobody");
      require(generations.put() >= oldest, "value stale, or seen after its deletion");
      require(generations.newest() >= newest, "value without its last addition");
      require(generations.put() > cleared, "value seen after clear");
      require(expiresAtMillis > nowMillis, "value seen after its expiry");
      require(kind == ((int) generations.put() & 3), "kind of another value");
      require(flags == (int) generations.put(), "flags of another value");
      require(version > 0, "version not positive");
    }

    private void require(boolean right, String otherwise) {
      if (!right) {
        record.fault(
            otherwise
                + ": index="
                + index
                + " oldest="
                + oldest
                + " newest="
                + newest
                + " seen="
                + SoakValue.read(copy, index));
      }
    }
  }
}
