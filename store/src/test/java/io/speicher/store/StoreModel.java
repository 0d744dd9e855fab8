package io.speicher.store;

import static java.util.Objects.requireNonNull;

import io.speicher.store.Operation.Advance;
import io.speicher.store.Operation.Append;
import io.speicher.store.Operation.Change;
import io.speicher.store.Operation.Clear;
import io.speicher.store.Operation.CompareAll;
import io.speicher.store.Operation.Copy;
import io.speicher.store.Operation.Delete;
import io.speicher.store.Operation.DeleteVersion;
import io.speicher.store.Operation.Get;
import io.speicher.store.Operation.GetAll;
import io.speicher.store.Operation.GetAndTouch;
import io.speicher.store.Operation.Maintain;
import io.speicher.store.Operation.Prepend;
import io.speicher.store.Operation.Put;
import io.speicher.store.Operation.PutTooLarge;
import io.speicher.store.Operation.ScanStep;
import io.speicher.store.Operation.Touch;
import io.speicher.store.Operation.When;
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
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations on a store and on a plain map at once, and throws an {@link AssertionError} when
 * the store says what it may not say.
 */
final class StoreModel {

  /*
   * The map holds what the store may show. A store that has room for everything must show all of
   * it. One that evicts may miss any item at any time, but once it has missed one, that one is gone
   * for good: it leaves the map too. So an item that is stale, expired, or back from the dead is
   * never allowed, and neither is a miss right after an operation that has stored the item.
   *
   * An expired item stays in the map until its memory must be free, since until then it counts for
   * what the store holds: in its statistics, and for whether more fits without evicting something.
   *
   * A version is learned when an item is shown for the first time. It must be none that the key has
   * had, and stay for as long as the value does.
   */
  private static final int MAX_VALUE_BYTES = 512 * 1024;

  /** More than the bookkeeping of an item takes in any store. */
  private static final long ITEM_BYTES = 512;

  private static final long EXPIRED_MEMORY_MILLIS = 2_000;
  private static final int MAX_SCAN_STEPS = 1_000_000;
  private static final int MAX_KEYS_BEYOND_STEP = 1_000;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(ModelCheck.PLENTY + 1);

  private final Store store;
  private final FakeTicker ticker;
  private final boolean evicts;
  private final Consumer<Store> check;
  private final long budgetBytes;

  private final Map<Integer, ModelItem> items = new HashMap<>();
  private final Map<Integer, Set<Long>> formerVersions = new HashMap<>();
  private final Map<Integer, ByteBuffer> keys = new HashMap<>();
  private final Map<ByteBuffer, Integer> keyNumbers = new HashMap<>();
  private long itemBytes;

  /** The key that the operation before this one has stored, or -1. */
  private int keyJustStored = -1;

  private int keyBeingStored = -1;

  private long scanCursor;

  /** Keys that have been there since the scan began, and that it has not visited. */
  private final Set<Integer> unvisited = new HashSet<>();

  /**
   * @param evicts whether the budget is too small for everything
   * @param check is called whenever everything is compared
   */
  StoreModel(Store store, FakeTicker ticker, boolean evicts, Consumer<Store> check) {
    this.store = store;
    this.ticker = ticker;
    this.evicts = evicts;
    this.check = check;
    this.budgetBytes = store.stats().budgetBytes();
  }

  void run(Operation operation) {
    keyJustStored = keyBeingStored;
    keyBeingStored = -1;
    switch (operation) {
      case Get(int key) -> get(key);
      case GetAll(List<Integer> numbers) -> getAll(numbers);
      case Put put -> put(put);
      case PutTooLarge(int key) -> putTooLarge(key);
      case Delete(int key) -> {
        if (settle(key, store.delete(key(key)), true, false)) {
          remove(key);
        }
      }
      case DeleteVersion(int key, boolean current) -> deleteVersion(key, current);
      case Change change -> change(change);
      case Append(int key, Operation.Bytes tail) -> append(key, tail.toArray());
      case Prepend(int key, Operation.Bytes head) -> prepend(key, head.toArray());
      case Copy copy -> copy(copy);
      case Touch(int key, long ttlMillis) -> {
        if (settle(key, Updates.touch(store, key(key), expiresAtMillis(ttlMillis)), true, false)) {
          touched(key, ttlMillis);
        }
      }
      case GetAndTouch(int key, long ttlMillis) -> getAndTouch(key, ttlMillis);
      case Advance(long millis) -> {
        ticker.advance(Duration.ofMillis(millis));
        expect("time", ticker.millis(), store.nowMillis());
      }
      case Maintain _ -> maintain();
      case Clear _ -> clear();
      case ScanStep(int maxKeys) -> scanStep(maxKeys);
      case CompareAll _ -> compareAll();
    }
    if (store.stats().usedBytes() > budgetBytes) {
      fail("over the budget", "usedBytes<=" + budgetBytes, store.stats());
    }
  }

  // ---- reading ----

  private void get(int key) {
    Shown shown = new Shown();
    boolean hit = store.get(key(key), shown);
    compare(key, hit ? shown : null);
  }

  private void getAll(List<Integer> numbers) {
    List<@Nullable Shown> all = new ArrayList<>();
    store.getAll(
        numbers.stream().map(this::key).toList(),
        (keyIndex, item) -> {
          if (keyIndex == all.size() - 1) {
            all.removeLast(); // Only the last call for a key counts.
          }
          expect("index of a key", all.size(), keyIndex);
          all.add(item == null ? null : Shown.of(item));
        });
    expect("number of keys", numbers.size(), all.size());
    for (int i = 0; i < numbers.size(); i++) {
      compare(numbers.get(i), all.get(i));
    }
  }

  /** Compares what the store has shown, or null for a miss, and learns from it. */
  private void compare(int key, @Nullable Shown shown) {
    if (!settle(key, shown != null, true, false) || shown == null) {
      return;
    }
    ModelItem item = requireNonNull(live(key));
    if (!Arrays.equals(item.value, shown.value)) {
      int at = Arrays.mismatch(item.value, shown.value);
      fail(
          "value of key " + key + " from byte " + at,
          item.value.length + " bytes",
          shown.value.length + " bytes");
    }
    expect("kind of key " + key, item.kind, shown.kind);
    expect("flags of key " + key, item.flags, shown.flags);
    expect("expiry of key " + key, item.expiresAtMillis, shown.expiresAtMillis);
    if (item.version == 0) {
      if (shown.version < 1 || formerVersions(key).contains(shown.version)) {
        fail("version of key " + key, "a new one", shown.version);
      }
      item.version = shown.version;
    }
    expect("version of key " + key, item.version, shown.version);
  }

  // ---- storing ----

  private void put(Put put) {
    int key = put.key();
    byte[] value = put.value().toArray();
    if (!roomFor(value.length)) {
      return;
    }
    long expiresAtMillis = expiresAtMillis(put.ttlMillis());
    PutOptions options = new PutOptions(put.kind(), put.flags(), expiresAtMillis);
    boolean stored;
    if (put.when() == When.ALWAYS) {
      expect("put", PutResult.STORED, store.put(key(key), ByteBuffer.wrap(value), options));
      stored = true;
    } else {
      stored = putIf(key, value, options, put.when());
    }
    if (stored) {
      stored(key, value, put.kind(), put.flags(), expiresAtMillis);
    }
  }

  private boolean putIf(int key, byte[] value, PutOptions options, When when) {
    UpdateResult result =
        Updates.putIf(store, key(key), ByteBuffer.wrap(value), options, condition(key, when));
    UpdateResult ifPresent =
        switch (when) {
          case ALWAYS, IF_PRESENT, IF_VERSION -> UpdateResult.STORED;
          case IF_ABSENT, IF_OTHER_VERSION -> UpdateResult.KEPT;
        };
    UpdateResult ifAbsent =
        switch (when) {
          case ALWAYS, IF_ABSENT -> UpdateResult.STORED;
          case IF_PRESENT, IF_VERSION, IF_OTHER_VERSION -> UpdateResult.KEPT;
        };
    settle(key, result, ifPresent, ifAbsent);
    return result == UpdateResult.STORED;
  }

  private Condition condition(int key, When when) {
    return switch (when) {
      case ALWAYS -> Condition.ALWAYS;
      case IF_ABSENT -> Condition.IF_ABSENT;
      case IF_PRESENT -> Condition.IF_PRESENT;
      case IF_VERSION -> Condition.ifVersion(version(key, true));
      case IF_OTHER_VERSION -> Condition.ifVersion(version(key, false));
    };
  }

  /** The version of the item, or one that it has not, if possible because it was another's. */
  private long version(int key, boolean current) {
    get(key);
    ModelItem item = live(key);
    long version = item == null ? 0 : item.version;
    if (current && item != null) {
      return version;
    }
    return formerVersions(key).stream().filter(v -> v != version).findAny().orElse(version + 1);
  }

  private void putTooLarge(int key) {
    ByteBuffer value = ZEROS.slice(0, Math.toIntExact(budgetBytes + 1));
    expect("put", PutResult.TOO_LARGE, store.put(key(key), value, PutOptions.DEFAULT));
    remove(key);
  }

  private void deleteVersion(int key, boolean current) {
    long version = version(key, current);
    UpdateResult ifPresent = current ? UpdateResult.REMOVED : UpdateResult.KEPT;
    UpdateResult result = Updates.delete(store, key(key), version);
    if (settle(key, result, ifPresent, UpdateResult.KEPT) && current) {
      remove(key);
    }
  }

  private void append(int key, byte[] tail) {
    ModelItem item = live(key);
    if (!roomFor(tail.length + lengthOf(item))) {
      return;
    }
    UpdateResult result = Updates.append(store, key(key), ByteBuffer.wrap(tail));
    if (settle(key, result, UpdateResult.STORED, UpdateResult.KEPT) && item != null) {
      stored(key, joined(item.value, tail), item.kind, item.flags, item.expiresAtMillis);
    }
  }

  private void prepend(int key, byte[] head) {
    ModelItem item = live(key);
    if (!roomFor(head.length + lengthOf(item))) {
      return;
    }
    UpdateResult result = Updates.prepend(store, key(key), ByteBuffer.wrap(head));
    if (settle(key, result, UpdateResult.STORED, UpdateResult.KEPT) && item != null) {
      stored(key, joined(head, item.value), item.kind, item.flags, item.expiresAtMillis);
    }
  }

  private void copy(Copy copy) {
    int from = copy.from();
    int to = copy.to();
    ModelItem item = live(from);
    if (!roomFor(lengthOf(item))) {
      return;
    }
    CopyResult result = store.copy(key(from), key(to), copy.onlyIfAbsent());
    switch (result) {
      case SOURCE_ABSENT -> isGone(from);
      case TARGET_PRESENT -> {
        expect("copy only if absent", true, copy.onlyIfAbsent());
        expect("an item of key " + to, true, live(to) != null);
      }
      case COPIED -> {
        if (item == null) {
          fail("copy of key " + from, CopyResult.SOURCE_ABSENT, result);
        } else {
          if (copy.onlyIfAbsent()) {
            isGone(to);
          }
          stored(to, item.value, item.kind, item.flags, item.expiresAtMillis);
        }
      }
      case TOO_LARGE -> fail("copy of key " + from, CopyResult.COPIED, result);
    }
  }

  /** The key has no item, or had none during the operation: to make room, any may be evicted. */
  private void isGone(int key) {
    if (live(key) != null) {
      expect("evicts", true, evicts);
      remove(key);
    }
  }

  private void getAndTouch(int key, long ttlMillis) {
    Shown shown = new Shown();
    boolean hit = Updates.getAndTouch(store, key(key), expiresAtMillis(ttlMillis), shown);
    compare(key, hit ? shown : null);
    if (hit) {
      touched(key, ttlMillis);
    }
  }

  private void touched(int key, long ttlMillis) {
    requireNonNull(live(key)).expiresAtMillis = expiresAtMillis(ttlMillis);
    keyBeingStored = key;
  }

  // ---- updating ----

  private void change(Change change) {
    int key = change.key();
    ModelItem before = live(key);
    if (!roomFor(Math.max(change.value().size(), 2 * lengthOf(before)))) {
      return;
    }
    byte[] value = change.value().toArray();
    @Nullable Shown[] shown = new Shown[1];
    RuntimeException oops = new RuntimeException("oops");
    UpdateResult result = null;
    try {
      result =
          store.update(
              key(key),
              old -> {
                shown[0] = old == null ? null : Shown.of(old);
                return decide(change, old, value, oops);
              });
    } catch (RuntimeException e) {
      if (!e.equals(oops)) {
        throw e;
      }
    }
    Shown old = shown[0];
    compare(key, old);
    expect("update of key " + key, expectedResult(change, old != null), result);
    if (result == UpdateResult.REMOVED) {
      remove(key);
    } else if (result == UpdateResult.STORED) {
      changed(change, old, value);
    }
  }

  private Update decide(Change change, @Nullable Item old, byte[] value, RuntimeException oops) {
    ByteBuffer head = ByteBuffer.wrap(value);
    return switch (change.how()) {
      case KEEP -> Update.KEEP;
      case REMOVE -> Update.REMOVE;
      case PUT -> Update.Replace.put(head, options(change));
      case THROW -> throw oops;
      case NEW_VALUE -> old == null ? Update.KEEP : Update.Replace.value(old, head);
      case VALUE_TWICE ->
          old == null ? Update.KEEP : Update.Replace.value(old, old.value(), old.value());
      case VALUE_TURNED -> old == null ? Update.KEEP : turned(old);
      case NEW_FLAGS ->
          old == null
              ? Update.KEEP
              : new Update.Replace(
                  old.value(),
                  ByteBuffer.allocate(0),
                  old.kind(),
                  change.flags(),
                  old.expiresAtMillis(),
                  Update.Replace.KEEP_VERSION);
      case EXPIRE -> old == null ? Update.KEEP : Update.Replace.expiry(old, store.nowMillis());
    };
  }

  private PutOptions options(Change change) {
    return new PutOptions(0, change.flags(), expiresAtMillis(change.ttlMillis()));
  }

  private static Update turned(Item old) {
    int length = old.value().remaining();
    int middle = length / 3;
    return Update.Replace.value(
        old, old.value().slice(middle, length - middle), old.value().slice(0, middle));
  }

  private static @Nullable UpdateResult expectedResult(Change change, boolean present) {
    return switch (change.how()) {
      case KEEP -> UpdateResult.KEPT;
      case REMOVE -> UpdateResult.REMOVED;
      case PUT -> UpdateResult.STORED;
      case THROW -> null;
      case NEW_VALUE, VALUE_TWICE, VALUE_TURNED, NEW_FLAGS, EXPIRE ->
          present ? UpdateResult.STORED : UpdateResult.KEPT;
    };
  }

  private void changed(Change change, @Nullable Shown old, byte[] value) {
    int key = change.key();
    ModelItem item = live(key);
    if (old == null || item == null) {
      stored(key, value, 0, change.flags(), expiresAtMillis(change.ttlMillis()));
      return;
    }
    switch (change.how()) {
      case NEW_VALUE -> stored(key, value, item.kind, item.flags, item.expiresAtMillis);
      case VALUE_TWICE ->
          stored(key, joined(item.value, item.value), item.kind, item.flags, item.expiresAtMillis);
      case VALUE_TURNED -> {
        int middle = item.value.length / 3;
        byte[] head = Arrays.copyOfRange(item.value, middle, item.value.length);
        byte[] tail = Arrays.copyOf(item.value, middle);
        stored(key, joined(head, tail), item.kind, item.flags, item.expiresAtMillis);
      }
      case PUT -> stored(key, value, 0, change.flags(), expiresAtMillis(change.ttlMillis()));
      case NEW_FLAGS -> item.flags = change.flags();
      case EXPIRE -> item.expiresAtMillis = ticker.millis();
      case KEEP, REMOVE, THROW -> fail("update of key " + key, change.how(), "stored");
    }
  }

  // ---- everything at once ----

  private void maintain() {
    store.maintain();
    long free = ticker.millis() - EXPIRED_MEMORY_MILLIS;
    List<Integer> expired =
        items.keySet().stream()
            .filter(key -> requireNonNull(items.get(key)).expiresAtMillis <= free)
            .toList();
    expired.forEach(this::remove);
  }

  private void clear() {
    store.clear();
    List.copyOf(items.keySet()).forEach(this::remove);
    expect("items after a clear", 0L, store.stats().itemCount());
  }

  private void scanStep(int maxKeys) {
    if (scanCursor == 0) {
      unvisited.clear();
      items.keySet().stream().filter(key -> live(key) != null).forEach(unvisited::add);
    }
    Set<Integer> visited = new HashSet<>();
    scanCursor = store.scan(scanCursor, maxKeys, key -> visited.add(visited(key)));
    if (visited.size() > maxKeys + MAX_KEYS_BEYOND_STEP) {
      fail("keys in one step", "about " + maxKeys, visited.size());
    }
    unvisited.removeAll(visited);
    if (scanCursor == 0 && !evicts) {
      unvisited.removeIf(key -> live(key) == null);
      expect("keys that a scan missed", Set.of(), unvisited);
    }
  }

  private int visited(ByteBuffer key) {
    Integer number = keyNumbers.get(key);
    if (number == null) {
      throw new AssertionError("scan: visited a key that was never stored");
    }
    if (live(number) == null) {
      fail("scan", "no key " + number, "visited");
    }
    return number;
  }

  private void compareAll() {
    check.accept(store);
    Set<Integer> visited = new HashSet<>();
    long cursor = 0;
    int steps = 0;
    do {
      cursor = store.scan(cursor, 10_000, key -> visited.add(visited(key)));
      if (++steps > MAX_SCAN_STEPS) {
        fail("scan", "an end", "none after " + steps + " steps");
      }
    } while (cursor != 0);
    long liveCount = 0;
    for (int key : keys.keySet()) {
      get(key);
      if (live(key) != null) {
        liveCount++;
        expect("key " + key + " seen by a scan", true, visited.contains(key));
      }
    }
    long itemCount = store.stats().itemCount();
    if (itemCount < liveCount || itemCount > items.size()) {
      fail("itemCount", liveCount + ".." + items.size(), itemCount);
    }
    if (!evicts) {
      expect("evicted items", 0L, store.stats().evictedItemCount());
    }
    check.accept(store);
  }

  // ---- the map ----

  /**
   * Returns whether the item is there, by what an operation has answered.
   *
   * @param ifPresent what it has to answer if the item is there
   * @param ifAbsent what it has to answer if not
   */
  private boolean settle(int key, Object actual, Object ifPresent, Object ifAbsent) {
    boolean present = live(key) != null;
    Object expected = present ? ifPresent : ifAbsent;
    if (actual.equals(expected)) {
      return present;
    }
    if (present && evicts && key != keyJustStored && actual.equals(ifAbsent)) {
      remove(key); // It was evicted.
      return false;
    }
    throw new AssertionError(
        "answer for key %d: %s (expected: %s)".formatted(key, actual, expected));
  }

  private @Nullable ModelItem live(int key) {
    ModelItem item = items.get(key);
    return item != null && item.expiresAtMillis > ticker.millis() ? item : null;
  }

  private void stored(int key, byte[] value, int kind, int flags, long expiresAtMillis) {
    if (live(key) == null) {
      unvisited.remove(key);
    }
    boolean wasUnvisited = unvisited.contains(key);
    remove(key);
    if (wasUnvisited) {
      unvisited.add(key);
    }
    ModelItem item = new ModelItem(value, kind, flags, expiresAtMillis);
    items.put(key, item);
    itemBytes += bytes(key, item);
    keyBeingStored = key;
  }

  private void remove(int key) {
    unvisited.remove(key);
    ModelItem item = items.remove(key);
    if (item != null) {
      itemBytes -= bytes(key, item);
      if (item.version != 0) {
        formerVersions(key).add(item.version);
      }
    }
  }

  /** What would make values huge, or a store evict that is not to, is not done. */
  private boolean roomFor(int valueBytes) {
    return valueBytes <= MAX_VALUE_BYTES && (evicts || itemBytes + valueBytes <= budgetBytes / 2);
  }

  private long bytes(int key, ModelItem item) {
    return ITEM_BYTES + key(key).remaining() + item.value.length;
  }

  private Set<Long> formerVersions(int key) {
    return formerVersions.computeIfAbsent(key, _ -> new HashSet<>());
  }

  /** Short for most numbers, and as long as can be for a few. */
  private ByteBuffer key(int number) {
    ByteBuffer known = keys.get(number);
    if (known != null) {
      return known;
    }
    int padding = number % 1_000 == 11 ? 65_500 : number % 8 == 5 ? 300 : 0;
    byte[] bytes = ("k".repeat(padding) + number).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer key = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    keys.put(number, key);
    keyNumbers.put(key, number);
    return key;
  }

  private long expiresAtMillis(long ttlMillis) {
    return ttlMillis == 0 ? Item.NEVER : ticker.millis() + ttlMillis;
  }

  private static int lengthOf(@Nullable ModelItem item) {
    return item == null ? 0 : item.value.length;
  }

  private static byte[] joined(byte[] head, byte[] tail) {
    byte[] joined = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, joined, head.length, tail.length);
    return joined;
  }

  private static void expect(String what, @Nullable Object expected, @Nullable Object actual) {
    if (!Objects.equals(expected, actual)) {
      fail(what, expected, actual);
    }
  }

  private static void fail(String what, @Nullable Object expected, @Nullable Object actual) {
    throw new AssertionError("%s: %s (expected: %s)".formatted(what, actual, expected));
  }

  /** What the store should have. Its version is 0 until it is known. */
  private static final class ModelItem {
    private final byte[] value;
    private final int kind;
    private int flags;
    private long expiresAtMillis;
    private long version;

    ModelItem(byte[] value, int kind, int flags, long expiresAtMillis) {
      this.value = value;
      this.kind = kind;
      this.flags = flags;
      this.expiresAtMillis = expiresAtMillis;
    }
  }

  /** What the store has shown last. */
  private static final class Shown implements ItemReader {
    private byte[] value = {};
    private int kind;
    private int flags;
    private long expiresAtMillis;
    private long version;

    static Shown of(Item item) {
      Shown shown = new Shown();
      shown.read(item);
      return shown;
    }

    @Override
    public void read(Item item) {
      ByteBuffer bytes = item.value();
      value = new byte[bytes.remaining()];
      bytes.get(bytes.position(), value);
      kind = item.kind();
      flags = item.flags();
      expiresAtMillis = item.expiresAtMillis();
      version = item.version();
    }
  }
}
