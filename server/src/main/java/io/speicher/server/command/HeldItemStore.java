package io.speicher.server.command;

import io.speicher.store.ChangeListener;
import io.speicher.store.CopyResult;
import io.speicher.store.CreateResult;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.KeyVisitor;
import io.speicher.store.Leases;
import io.speicher.store.NamespaceStats;
import io.speicher.store.Prefetch;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Store;
import io.speicher.store.StoreStats;
import io.speicher.store.TtlRule;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import io.speicher.store.Updater;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A store of one item, whatever its key: what a command about one key changes is found here
 * afterwards. It has the clock of another store. One thread uses it.
 */
final class HeldItemStore implements Store {
  /** So many that programs can take them for numbers that all of them can hold exactly. */
  private static final long VERSIONS = 1L << 53;

  private final Store clock;
  private @Nullable Item item;
  private boolean isChanged;

  HeldItemStore(Store clock) {
    this.clock = clock;
  }

  void begin(@Nullable Item present) {
    item = present;
    isChanged = false;
  }

  /** Whether the item is another one, or was removed, since {@link #begin}. */
  boolean isChanged() {
    return isChanged;
  }

  @Nullable Item item() {
    return item;
  }

  // ---- one item ----

  @Override
  public boolean get(ByteBuffer key, ItemReader reader) {
    Item present = shown();
    if (present == null) {
      return false;
    }
    reader.read(present);
    return true;
  }

  @Override
  public PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options) {
    return apply(key, Update.Replace.put(value, options)) == UpdateResult.TOO_LARGE
        ? PutResult.TOO_LARGE
        : PutResult.STORED;
  }

  /** A key without an item here may have one on another node: that has to go as well. */
  @Override
  public boolean delete(ByteBuffer key) {
    boolean wasPresent = shown() != null;
    apply(key, Update.REMOVE);
    return wasPresent;
  }

  @Override
  public UpdateResult update(ByteBuffer key, Updater updater) {
    return apply(key, updater.update(shown()));
  }

  @Override
  public UpdateResult updateLeased(ByteBuffer key, Updater updater) {
    return apply(key, updater.update(item));
  }

  /** The item, but for one that only says that somebody computes it. */
  private @Nullable Item shown() {
    Item present = item;
    return present == null || Leases.isPlaceholder(present) ? null : present;
  }

  private UpdateResult apply(ByteBuffer key, Update update) {
    return switch (update) {
      case Update.Keep _ -> UpdateResult.KEPT;
      case Update.Remove _ -> {
        change(null);
        yield UpdateResult.REMOVED;
      }
      case Update.Replace replace -> {
        if (key.remaining() + replace.valueBytes() > Cluster.MAX_ITEM_BYTES) {
          change(null);
          yield UpdateResult.TOO_LARGE;
        }
        boolean isOver = replace.expiresAtMillis() <= nowMillis();
        change(isOver ? null : held(replace));
        yield UpdateResult.STORED;
      }
    };
  }

  private void change(@Nullable Item changed) {
    item = changed;
    isChanged = true;
  }

  private Item held(Update.Replace replace) {
    ByteBuffer value = ByteBuffer.allocate((int) replace.valueBytes());
    value.put(replace.head().duplicate());
    value.position(value.position() + replace.gapBytes());
    value.put(replace.middle().duplicate());
    value.put(replace.tail().duplicate());
    return new HeldItem(
        value.flip(),
        replace.kind(),
        replace.marks(),
        replace.flags(),
        replace.expiresAtMillis(),
        version(replace));
  }

  private long version(Update.Replace replace) {
    if (replace.version() == Update.Replace.NEW_VERSION) {
      return newVersion();
    }
    if (replace.version() == Update.Replace.KEEP_VERSION) {
      return item == null ? newVersion() : item.version();
    }
    return replace.version();
  }

  /** Nobody knows all that a key has had, so it is drawn from so many that it is another one. */
  private static long newVersion() {
    return ThreadLocalRandom.current().nextLong(1, VERSIONS);
  }

  // ---- what it has of the other store ----

  @Override
  public long nowMillis() {
    return clock.nowMillis();
  }

  @Override
  public StoreStats stats() {
    return clock.stats();
  }

  @Override
  public Prefetch newPrefetch() {
    return clock.newPrefetch();
  }

  // ---- what it has not ----

  @Override
  public Store database(int number) {
    return this;
  }

  @Override
  public int number() {
    return 0;
  }

  @Override
  public void swap(int number, int other) {
    throw oneItem();
  }

  @Override
  public CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent) {
    throw oneItem();
  }

  @Override
  public long scan(long cursor, int maxKeys, KeyVisitor visitor) {
    throw oneItem();
  }

  @Override
  public void clear() {
    throw oneItem();
  }

  @Override
  public void clearAll() {
    throw oneItem();
  }

  @Override
  public CreateResult createNamespace(ByteBuffer prefix, TtlRule rule) {
    throw oneItem();
  }

  @Override
  public boolean alterNamespace(ByteBuffer prefix, TtlRule rule) {
    throw oneItem();
  }

  @Override
  public boolean dropNamespace(ByteBuffer prefix) {
    throw oneItem();
  }

  @Override
  public boolean clearNamespace(ByteBuffer prefix) {
    throw oneItem();
  }

  @Override
  public List<NamespaceStats> namespaces() {
    return List.of();
  }

  @Override
  public void countRead(ByteBuffer key, boolean hit) {}

  @Override
  public void clearTags(List<ByteBuffer> tags) {
    throw oneItem();
  }

  @Override
  public void listen(@Nullable ChangeListener listener) {
    throw oneItem();
  }

  @Override
  public void maintain() {}

  @Override
  public void close() {}

  private static UnsupportedOperationException oneItem() {
    return new UnsupportedOperationException("a store of one item");
  }
}
