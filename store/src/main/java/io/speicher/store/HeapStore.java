package io.speicher.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.speicher.store.PutOptions.Condition;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.TreeSet;
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

  /** How many expired items are removed while the lock is held. */
  private static final int EXPIRY_BATCH = 256;

  private static final Comparator<HeapItem> BY_EXPIRY =
      Comparator.comparingLong(HeapItem::expiresAtMillis).thenComparingLong(HeapItem::version);

  private final long budgetBytes;
  private final Ticker ticker;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private SequencedMap<ByteBuffer, HeapItem> items = leastRecentlyUsedFirst();

  @GuardedBy("lock")
  private TreeSet<HeapItem> expiring = new TreeSet<>(BY_EXPIRY);

  @GuardedBy("lock")
  private long usedBytes;

  @GuardedBy("lock")
  private long lastVersion;

  @GuardedBy("lock")
  private long evictedItemCount;

  @GuardedBy("lock")
  private long expiredItemCount;

  public HeapStore(long budgetBytes, Ticker ticker) {
    if (budgetBytes < 1) {
      throw new IllegalArgumentException(
          "budget out of bounds: budgetBytes=" + budgetBytes + " (expected: 1 or more)");
    }
    this.budgetBytes = budgetBytes;
    this.ticker = ticker;
  }

  @Override
  public boolean get(ByteBuffer key, ItemReader reader) {
    requireKey(key);
    HeapItem item;
    synchronized (lock) {
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
    ByteBuffer ownKey = ByteBuffer.wrap(copy(key));
    byte[] ownValue = copy(value);
    long expiresAtMillis = expiresAtMillis(options.ttlMillis());
    synchronized (lock) {
      HeapItem old = find(key);
      PutResult refusal = refusal(options.condition(), old);
      if (refusal != null) {
        return refusal;
      }
      if (old != null) {
        remove(old);
      }
      HeapItem item = new HeapItem(ownKey, ownValue, options, ++lastVersion, expiresAtMillis);
      if (item.bytes() > budgetBytes) {
        return PutResult.TOO_LARGE;
      }
      makeRoom(item.bytes());
      add(item);
      return PutResult.STORED;
    }
  }

  @Override
  public boolean delete(ByteBuffer key) {
    requireKey(key);
    synchronized (lock) {
      HeapItem item = find(key);
      if (item == null) {
        return false;
      }
      remove(item);
      return true;
    }
  }

  @Override
  public void clear() {
    synchronized (lock) {
      items = leastRecentlyUsedFirst();
      expiring = new TreeSet<>(BY_EXPIRY);
      usedBytes = 0;
    }
  }

  @Override
  public void maintain() {
    boolean more = true;
    while (more) {
      synchronized (lock) {
        more = removeExpired(EXPIRY_BATCH);
      }
    }
  }

  @Override
  public StoreStats stats() {
    synchronized (lock) {
      return new StoreStats(
          items.size(), usedBytes, budgetBytes, evictedItemCount, expiredItemCount);
    }
  }

  @Override
  public void close() {
    clear();
  }

  @GuardedBy("lock")
  private @Nullable HeapItem find(ByteBuffer key) {
    HeapItem item = items.get(key);
    if (item != null && item.expiresAtMillis() <= ticker.millis()) {
      remove(item);
      expiredItemCount++;
      return null;
    }
    return item;
  }

  private static @Nullable PutResult refusal(Condition condition, @Nullable HeapItem old) {
    return switch (condition) {
      case Condition.Always _ -> null;
      case Condition.IfAbsent _ -> old == null ? null : PutResult.KEY_PRESENT;
      case Condition.IfPresent _ -> old == null ? PutResult.KEY_ABSENT : null;
      case Condition.IfVersion(long version) -> {
        if (old == null) {
          yield PutResult.KEY_ABSENT;
        }
        yield old.version() == version ? null : PutResult.KEY_PRESENT;
      }
    };
  }

  @GuardedBy("lock")
  private void makeRoom(long bytes) {
    while (usedBytes + bytes > budgetBytes) {
      if (!removeExpired(1)) {
        remove(items.firstEntry().getValue());
        evictedItemCount++;
      }
    }
  }

  /** Removes up to {@code max} expired items, and returns whether it found that many. */
  @GuardedBy("lock")
  private boolean removeExpired(int max) {
    long now = ticker.millis();
    for (int i = 0; i < max; i++) {
      if (expiring.isEmpty() || expiring.first().expiresAtMillis() > now) {
        return false;
      }
      remove(expiring.first());
      expiredItemCount++;
    }
    return true;
  }

  @GuardedBy("lock")
  private void add(HeapItem item) {
    items.put(item.key(), item);
    if (item.expires()) {
      expiring.add(item);
    }
    usedBytes += item.bytes();
  }

  @GuardedBy("lock")
  private void remove(HeapItem item) {
    items.remove(item.key());
    if (item.expires()) {
      expiring.remove(item);
    }
    usedBytes -= item.bytes();
  }

  private long expiresAtMillis(long ttlMillis) {
    if (ttlMillis == PutOptions.NO_TTL) {
      return Item.NEVER;
    }
    long expiresAtMillis = ticker.millis() + ttlMillis;
    return expiresAtMillis < 0 ? Item.NEVER : expiresAtMillis; // Past the end of time.
  }

  private static SequencedMap<ByteBuffer, HeapItem> leastRecentlyUsedFirst() {
    return new LinkedHashMap<>(16, 0.75f, true);
  }

  private static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
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
    private final int flags;
    private final long version;
    private final long expiresAtMillis;

    HeapItem(ByteBuffer key, byte[] value, PutOptions options, long version, long expiresAtMillis) {
      this.key = key;
      this.value = value;
      this.kind = options.kind();
      this.flags = options.flags();
      this.version = version;
      this.expiresAtMillis = expiresAtMillis;
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
      return ITEM_BYTES + (expires() ? EXPIRY_BYTES : 0) + key.capacity() + value.length;
    }
  }
}
