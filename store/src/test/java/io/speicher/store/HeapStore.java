package io.speicher.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The simplest store that keeps the contract: a map on the Java heap behind one lock, which evicts
 * the least recently used item. Other stores are compared with it.
 *
 * <p>The heap must be larger than the budget, since garbage lives there too: half as large again
 * and 64 MiB is enough.
 */
public final class HeapStore implements Store {

  /*
   * One lock guards everything, and it is held for map operations only: values are copied before
   * it is taken (put) or after it is given back (get, which can do so because a value's bytes never
   * change once they are stored).
   *
   * What an item takes on the heap, beside its key and value, was counted field by field for a JVM
   * with compressed references: 48 bytes for the key's buffer and 16 for its array, 56 for the item
   * and 16 for its array, 40 for the map's entry, about 12 for its slot in the table, and 14 of
   * padding on the average; a place in the expiry order is one more tree entry.
   */
  private static final long ITEM_BYTES = 208;

  private static final long EXPIRY_BYTES = 40;

  /** The longest array that every JVM makes. */
  private static final int MAX_VALUE_BYTES = Integer.MAX_VALUE - 8;

  private static final byte[] NOTHING = new byte[0];

  /** How many expired items are removed while the lock is held. */
  private static final int EXPIRY_BATCH = 256;

  private static final Comparator<HeapItem> BY_EXPIRY =
      Comparator.comparingLong(HeapItem::expiresAtMillis).thenComparing(HeapItem::key);

  private static final Comparator<ByteBuffer> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(copy(one), copy(other));

  /** A namespace, whose items are counted when somebody asks. */
  private static final class HeapNamespace {
    TtlRule rule;
    long hits;
    long misses;
    long sets;
    long evicted;
    long expired;

    HeapNamespace(TtlRule rule) {
      this.rule = rule;
    }
  }

  /** What all databases have in common, guarded by itself. */
  private static final class Heap {
    SequencedMap<ByteBuffer, HeapItem> items = leastRecentlyUsedFirst();
    TreeSet<HeapItem> expiring = new TreeSet<>(BY_EXPIRY);
    final HeapStore[] databases = new HeapStore[DATABASES];
    final TreeMap<ByteBuffer, HeapNamespace> namespaces = new TreeMap<>(BY_BYTES);
    final Map<ByteBuffer, Integer> lastClears = new HashMap<>();
    int tagClears;
    long usedBytes;
    long lastVersion;
    long evictedItemCount;
    long expiredItemCount;
    @Nullable ChangeListener listener;
  }

  private final long budgetBytes;
  private final Ticker ticker;
  private final Heap heap;

  /** Which database it is: the first byte of the keys in the map. */
  private final int database;

  public HeapStore(long budgetBytes, Ticker ticker) {
    if (budgetBytes < 1) {
      throw new IllegalArgumentException(
          "budget out of bounds: budgetBytes=" + budgetBytes + " (expected: 1 or more)");
    }
    this.budgetBytes = budgetBytes;
    this.ticker = ticker;
    database = 0;
    heap = new Heap();
    heap.databases[0] = this;
  }

  private HeapStore(HeapStore first, int database) {
    budgetBytes = first.budgetBytes;
    ticker = first.ticker;
    heap = first.heap;
    this.database = database;
  }

  @Override
  public Store database(int number) {
    synchronized (heap) {
      if (heap.databases[number] == null) {
        int made =
            Stream.of(heap.databases)
                .mapToInt(one -> one == null ? 0 : one.database)
                .max()
                .orElse(0);
        heap.databases[number] = new HeapStore(this, made + 1);
      }
      return heap.databases[number];
    }
  }

  @Override
  public void swap(int number, int other) {
    synchronized (heap) {
      HeapStore store = (HeapStore) database(number);
      heap.databases[number] = (HeapStore) database(other);
      heap.databases[other] = store;
      tellCleared();
    }
  }

  @Override
  public int number() {
    return database;
  }

  @Override
  public boolean get(ByteBuffer key, ItemReader reader) {
    boolean hit = look(key, reader);
    countRead(key, hit);
    return hit;
  }

  @Override
  public boolean look(ByteBuffer key, ItemReader reader) {
    requireKey(key);
    HeapItem item;
    synchronized (heap) {
      item = find(key);
    }
    if (item == null) {
      return false;
    }
    reader.read(item);
    return true;
  }

  @Override
  public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
    requireKey(key);
    ByteBuffer ownKey = full(key);
    boolean fits = fits(key, value.remaining());
    byte[] ownValue = fits ? copy(value) : NOTHING;
    synchronized (heap) {
      removePresent(findLinked(key));
      if (!fits) {
        return PutResult.TOO_LARGE;
      }
      HeapItem item =
          new HeapItem(
              ownKey,
              ownValue,
              options.kind(),
              0,
              options.flags(),
              ++heap.lastVersion,
              end(ownKey, options.expiresAtMillis()),
              copies(options.tags()));
      addWithinBudget(item);
      return PutResult.STORED;
    }
  }

  /** A map on the heap knows nothing in advance. */
  @Override
  public Prefetch newPrefetch() {
    return new Prefetch() {
      private int count;

      @Override
      public void clear() {
        count = 0;
      }

      @Override
      public int add(int database, ByteBuffer buffer, int index, int keyBytes, boolean read) {
        return count++;
      }

      @Override
      public boolean isFull() {
        return count == MAX_KEYS;
      }

      @Override
      public void fetch() {}
    };
  }

  @Override
  public boolean delete(ByteBuffer key) {
    requireKey(key);
    synchronized (heap) {
      HeapItem item = findLinked(key);
      removePresent(item);
      return item != null && !isPlaceholder(item);
    }
  }

  @Override
  public UpdateResult update(ByteBuffer key, Updater updater) {
    return update(key, updater, false);
  }

  @Override
  public UpdateResult updateLeased(ByteBuffer key, Updater updater) {
    return update(key, updater, true);
  }

  private UpdateResult update(ByteBuffer key, Updater updater, boolean showsPlaceholders) {
    requireKey(key);
    synchronized (heap) {
      HeapItem old = findLinked(key);
      boolean isShown = showsPlaceholders || !isPlaceholder(old);
      return switch (updater.update(isShown ? old : null)) {
        case Update.Keep _ -> UpdateResult.KEPT;
        case Update.Remove _ -> {
          removePresent(old);
          yield UpdateResult.REMOVED;
        }
        case Update.Replace replace -> {
          removePresent(old);
          if (isShown
              && old != null
              && Leases.isPlaceholder(old)
              && isClearedSince(replace.tags(), old.flags())) {
            yield UpdateResult.KEPT;
          }
          if (!fits(key, replace.valueBytes())) {
            yield UpdateResult.TOO_LARGE;
          }
          HeapItem item =
              new HeapItem(
                  full(key),
                  copy(
                      replace.head(),
                      ByteBuffer.allocate(replace.gapBytes()),
                      replace.middle(),
                      replace.tail()),
                  replace.kind(),
                  replace.marks(),
                  (replace.marks() & Item.PLACEHOLDER) != 0 ? heap.tagClears : replace.flags(),
                  version(replace, isShown ? old : null),
                  old != null && old.expiresAtMillis() == replace.expiresAtMillis()
                      ? old.expiresAtMillis()
                      : end(full(key), replace.expiresAtMillis()),
                  tags(replace, old));
          addWithinBudget(item);
          yield UpdateResult.STORED;
        }
      };
    }
  }

  @Override
  public CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent) {
    requireKey(from);
    requireKey(to);
    synchronized (heap) {
      HeapItem source = find(from);
      if (source == null) {
        return CopyResult.SOURCE_ABSENT;
      }
      UpdateResult result =
          target.update(
              to,
              old ->
                  old != null && onlyIfAbsent
                      ? Update.KEEP
                      : Update.Replace.value(source, source.value()).withTags(source.tags));
      return switch (result) {
        case KEPT, REMOVED -> CopyResult.TARGET_PRESENT;
        case STORED -> CopyResult.COPIED;
        case TOO_LARGE -> CopyResult.TOO_LARGE;
      };
    }
  }

  @GuardedBy("heap")
  private boolean isClearedSince(@Nullable List<ByteBuffer> tags, int tagClears) {
    return tags != null
        && tags.stream().anyMatch(tag -> heap.lastClears.getOrDefault(tag, 0) > tagClears);
  }

  private static List<ByteBuffer> copies(List<ByteBuffer> tags) {
    return tags.stream().map(tag -> ByteBuffer.wrap(copy(tag))).toList();
  }

  private static List<ByteBuffer> tags(Update.Replace replace, @Nullable HeapItem old) {
    List<ByteBuffer> tags = replace.tags();
    return tags != null ? copies(tags) : old == null ? List.of() : old.tags;
  }

  @GuardedBy("heap")
  private long version(Update.Replace replace, @Nullable HeapItem old) {
    if (replace.version() == Update.Replace.KEEP_VERSION && old != null) {
      return old.version();
    }
    boolean chosen =
        replace.version() != Update.Replace.NEW_VERSION
            && replace.version() != Update.Replace.KEEP_VERSION;
    return chosen ? replace.version() : ++heap.lastVersion;
  }

  /** Goes by the keys' hashes, and looks at all of them each time: simple, not fast. */
  @Override
  public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
    return scan(cursor, maxKeys, false, visitor);
  }

  @Override
  public long scanLeased(long cursor, int maxKeys, KeyVisitor visitor) {
    return scan(cursor, maxKeys, true, visitor);
  }

  private long scan(long cursor, int maxKeys, boolean seesPlaceholders, KeyVisitor visitor) {
    if (maxKeys < 1) {
      throw new IllegalArgumentException(
          "keys out of bounds: maxKeys=" + maxKeys + " (expected: 1 or more)");
    }
    TreeMap<Long, List<ByteBuffer>> ahead = new TreeMap<>();
    synchronized (heap) {
      long now = ticker.millis();
      for (HeapItem item : heap.items.sequencedValues()) {
        long place = item.key().hashCode() & 0xFFFF_FFFFL;
        if (place >= cursor
            && isMine(item)
            && item.expiresAtMillis() > now
            && (seesPlaceholders || !isPlaceholder(item))) {
          ahead.computeIfAbsent(place, _ -> new ArrayList<>()).add(item.key());
        }
      }
    }
    int visited = 0;
    for (Map.Entry<Long, List<ByteBuffer>> entry : ahead.entrySet()) {
      if (visited >= maxKeys) {
        return entry.getKey();
      }
      entry
          .getValue()
          .forEach(key -> visitor.visit(ByteBuffer.wrap(copy(key.slice(1, key.remaining() - 1)))));
      visited += entry.getValue().size();
    }
    return 0;
  }

  @Override
  public void clear() {
    synchronized (heap) {
      heap.items.values().stream().filter(this::isMine).toList().forEach(this::remove);
      tellCleared();
    }
  }

  // ---- namespaces and tags ----

  /** The namespace of a key with its database, or null. */
  @GuardedBy("heap")
  private @Nullable HeapNamespace namespace(ByteBuffer fullKey) {
    HeapNamespace longest = null;
    for (Map.Entry<ByteBuffer, HeapNamespace> entry : heap.namespaces.entrySet()) {
      if (isPrefix(entry.getKey(), fullKey)) {
        longest = entry.getValue(); // A prefix of a prefix comes before it.
      }
    }
    return longest;
  }

  private static boolean isPrefix(ByteBuffer prefix, ByteBuffer fullKey) {
    return prefix.remaining() < fullKey.remaining()
        && fullKey.slice(1, prefix.remaining()).equals(prefix);
  }

  @GuardedBy("heap")
  private long end(ByteBuffer fullKey, long wantedMillis) {
    HeapNamespace namespace = namespace(fullKey);
    return namespace == null
        ? wantedMillis
        : namespace.rule.end(wantedMillis, ticker.millis(), ThreadLocalRandom.current());
  }

  @Override
  public CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
    if (prefix.remaining() < 1 || prefix.remaining() > MAX_PREFIX_BYTES) {
      throw new IllegalArgumentException("prefixBytes=" + prefix.remaining());
    }
    synchronized (heap) {
      if (heap.namespaces.containsKey(prefix)) {
        return CreateResult.PRESENT;
      }
      if (heap.namespaces.size() == MAX_NAMESPACES) {
        return CreateResult.TOO_MANY;
      }
      heap.namespaces.put(ByteBuffer.wrap(copy(prefix)), new HeapNamespace(rule));
      return CreateResult.CREATED;
    }
  }

  @Override
  public boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
    synchronized (heap) {
      HeapNamespace namespace = heap.namespaces.get(prefix);
      if (namespace != null) {
        namespace.rule = rule;
      }
      return namespace != null;
    }
  }

  @Override
  public boolean dropNamespace(ByteBuffer prefix) {
    synchronized (heap) {
      return heap.namespaces.remove(prefix) != null;
    }
  }

  @Override
  public boolean clearNamespace(ByteBuffer prefix) {
    synchronized (heap) {
      HeapNamespace namespace = heap.namespaces.get(prefix);
      if (namespace != null) {
        itemsOf(namespace).forEach(this::remove);
      }
      return namespace != null;
    }
  }

  @GuardedBy("heap")
  private List<HeapItem> itemsOf(HeapNamespace namespace) {
    List<HeapItem> items = new ArrayList<>();
    for (HeapItem item : heap.items.sequencedValues()) {
      if (namespace.equals(namespace(item.key()))) {
        items.add(item);
      }
    }
    return items;
  }

  @Override
  public List<NamespaceStats> namespaces() {
    synchronized (heap) {
      List<NamespaceStats> all = new ArrayList<>();
      for (Map.Entry<ByteBuffer, HeapNamespace> entry : heap.namespaces.entrySet()) {
        all.add(stats(entry.getKey(), entry.getValue()));
      }
      return all;
    }
  }

  @GuardedBy("heap")
  private NamespaceStats stats(ByteBuffer prefix, HeapNamespace namespace) {
    List<HeapItem> items = itemsOf(namespace);
    return new NamespaceStats(
        prefix.asReadOnlyBuffer(),
        namespace.rule,
        items.size(),
        items.stream().mapToLong(HeapItem::bytes).sum(),
        namespace.hits,
        namespace.misses,
        namespace.sets,
        namespace.evicted,
        namespace.expired,
        false);
  }

  @Override
  public void countRead(ByteBuffer key, boolean hit) {
    synchronized (heap) {
      HeapNamespace namespace = namespace(full(key));
      if (namespace != null) {
        namespace.hits += hit ? 1 : 0;
        namespace.misses += hit ? 0 : 1;
      }
    }
  }

  @GuardedBy("heap")
  private void countExpired(HeapItem item) {
    heap.expiredItemCount++;
    HeapNamespace namespace = namespace(item.key());
    if (namespace != null) {
      namespace.expired++;
    }
  }

  @Override
  public void clearTags(List<ByteBuffer> tags) {
    synchronized (heap) {
      heap.tagClears++;
      copies(tags).forEach(tag -> heap.lastClears.put(tag, heap.tagClears));
      heap.items.values().stream()
          .filter(item -> item.tags.stream().anyMatch(tags::contains))
          .toList()
          .forEach(this::remove);
    }
  }

  private boolean isMine(HeapItem item) {
    return item.key().get(0) == database;
  }

  private ByteBuffer full(ByteBuffer key) {
    return ByteBuffer.wrap(copy(ByteBuffer.wrap(new byte[] {(byte) database}), key));
  }

  @Override
  public void clearAll() {
    synchronized (heap) {
      heap.items = leastRecentlyUsedFirst();
      heap.expiring = new TreeSet<>(BY_EXPIRY);
      heap.usedBytes = 0;
      tellCleared();
    }
  }

  @Override
  public void listen(@Nullable ChangeListener listener) {
    synchronized (heap) {
      heap.listener = listener;
    }
  }

  @GuardedBy("heap")
  private void tell(HeapItem item) {
    if (heap.listener != null) {
      ByteBuffer key = item.key();
      heap.listener.changed(key.get(0), key.slice(1, key.remaining() - 1));
    }
  }

  @GuardedBy("heap")
  private void tellCleared() {
    if (heap.listener != null) {
      heap.listener.cleared();
    }
  }

  @Override
  public void maintain() {
    boolean more = true;
    while (more) {
      synchronized (heap) {
        more = removeExpired(EXPIRY_BATCH);
      }
    }
  }

  @Override
  public long nowMillis() {
    return ticker.millis();
  }

  @Override
  public StoreStats stats() {
    synchronized (heap) {
      return new StoreStats(
          heap.items.values().stream().filter(this::isMine).count(),
          heap.items.values().stream()
              .filter(this::isMine)
              .filter(item -> item.expiresAtMillis() != Item.NEVER)
              .count(),
          heap.usedBytes,
          budgetBytes,
          heap.evictedItemCount,
          heap.expiredItemCount);
    }
  }

  @Override
  public void close() {
    clearAll();
  }

  private static boolean isPlaceholder(@Nullable HeapItem item) {
    return item != null && Leases.isPlaceholder(item);
  }

  @GuardedBy("heap")
  private @Nullable HeapItem find(ByteBuffer key) {
    HeapItem item = findLinked(key);
    return isPlaceholder(item) ? null : item;
  }

  @GuardedBy("heap")
  private @Nullable HeapItem findLinked(ByteBuffer key) {
    HeapItem item = heap.items.get(full(key));
    if (item != null && item.expiresAtMillis() <= ticker.millis()) {
      remove(item);
      countExpired(item);
      return null;
    }
    return item;
  }

  /**
   * Whether an item can be stored, looked at before its value is copied. One without a time to live
   * must fit with one too, since a touch may give it one.
   */
  private boolean fits(ByteBuffer key, long valueBytes) {
    long bytes = ITEM_BYTES + EXPIRY_BYTES + key.remaining() + valueBytes;
    return bytes <= budgetBytes && valueBytes <= MAX_VALUE_BYTES;
  }

  @GuardedBy("heap")
  private void removePresent(@Nullable HeapItem item) {
    if (item != null) {
      remove(item);
    }
  }

  @GuardedBy("heap")
  private void addWithinBudget(HeapItem item) {
    makeRoom(item.bytes());
    add(item);
    HeapNamespace namespace = namespace(item.key());
    if (namespace != null) {
      namespace.sets++;
    }
  }

  @GuardedBy("heap")
  private void makeRoom(long bytes) {
    while (heap.usedBytes + bytes > budgetBytes) {
      if (!removeExpired(1)) {
        HeapItem evicted = heap.items.firstEntry().getValue();
        remove(evicted);
        heap.evictedItemCount++;
        HeapNamespace namespace = namespace(evicted.key());
        if (namespace != null) {
          namespace.evicted++;
        }
      }
    }
  }

  /** Removes up to {@code max} expired items, and returns whether it found that many. */
  @GuardedBy("heap")
  private boolean removeExpired(int max) {
    long now = ticker.millis();
    for (int i = 0; i < max; i++) {
      if (heap.expiring.isEmpty() || heap.expiring.first().expiresAtMillis() > now) {
        return false;
      }
      HeapItem expired = heap.expiring.first();
      remove(expired);
      countExpired(expired);
    }
    return true;
  }

  @GuardedBy("heap")
  private void add(HeapItem item) {
    heap.items.put(item.key(), item);
    if (item.expires()) {
      heap.expiring.add(item);
    }
    heap.usedBytes += item.bytes();
    tell(item);
  }

  @GuardedBy("heap")
  private void remove(HeapItem item) {
    heap.items.remove(item.key());
    if (item.expires()) {
      heap.expiring.remove(item);
    }
    heap.usedBytes -= item.bytes();
    tell(item);
  }

  private static SequencedMap<ByteBuffer, HeapItem> leastRecentlyUsedFirst() {
    return new LinkedHashMap<>(16, 0.75f, true);
  }

  private static byte[] copy(ByteBuffer... parts) {
    byte[] copy = new byte[Stream.of(parts).mapToInt(ByteBuffer::remaining).sum()];
    int copied = 0;
    for (ByteBuffer part : parts) {
      part.get(part.position(), copy, copied, part.remaining());
      copied += part.remaining();
    }
    return copy;
  }

  private static void requireKey(ByteBuffer key) {
    if (!key.hasRemaining() || key.remaining() > MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key length out of bounds: keyBytes="
              + key.remaining()
              + " (expected: 1.."
              + MAX_KEY_BYTES
              + ")");
    }
  }

  /** An item never changes; a new value is a new item. */
  private static final class HeapItem implements Item {
    private final ByteBuffer key;
    private final byte[] value;
    private final int kind;
    private final int marks;
    private final int flags;
    private final long version;
    private final long expiresAtMillis;
    private final List<ByteBuffer> tags;

    HeapItem(
        ByteBuffer key,
        byte[] value,
        int kind,
        int marks,
        int flags,
        long version,
        long expiresAtMillis,
        List<ByteBuffer> tags) {
      this.key = key;
      this.value = value;
      this.kind = kind;
      this.marks = marks;
      this.flags = flags;
      this.version = version;
      this.expiresAtMillis = expiresAtMillis;
      this.tags = tags;
    }

    ByteBuffer key() {
      return key;
    }

    @Override
    public ByteBuffer value() {
      return ByteBuffer.wrap(value);
    }

    @Override
    public int kind() {
      return kind;
    }

    @Override
    public int marks() {
      return marks;
    }

    @Override
    public int flags() {
      return flags;
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public long expiresAtMillis() {
      return expiresAtMillis;
    }

    boolean expires() {
      return expiresAtMillis != NEVER;
    }

    /** What this item takes of the budget. */
    long bytes() {
      return ITEM_BYTES + (expires() ? EXPIRY_BYTES : 0) + key.capacity() - 1 + value.length;
    }
  }
}
