package io.speicher.cluster;

import static java.util.Objects.requireNonNull;

import io.reactivex.rxjava3.core.Flowable;
import io.speicher.store.Item;
import io.speicher.store.ItemReader;
import io.speicher.store.KeyVisitor;
import io.speicher.store.Store;
import io.speicher.store.Update;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.infinispan.commons.util.IntSet;
import org.infinispan.commons.util.IntSets;
import org.infinispan.container.entries.ImmortalCacheEntry;
import org.infinispan.container.entries.InternalCacheEntry;
import org.infinispan.container.impl.InternalDataContainer;
import org.infinispan.container.impl.PeekableTouchableMap;
import org.infinispan.metadata.Metadata;
import org.infinispan.metadata.impl.PrivateMetadata;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Infinispan's data container, whose entries lie in our store. It keeps nothing itself: an entry is
 * an object for as long as Infinispan looks at it. Any thread may call it.
 *
 * <p>Items expire and are evicted by our store, and Infinispan's entries never: so it removes
 * nothing by itself, and asks for no size.
 */
final class StoreContainer implements InternalDataContainer<Key, Image> {
  private static final int KEYS_AT_ONCE = 1_024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Store store;
  private final RecentOperations recent;
  private final OwnedSegments owned;

  StoreContainer(Store store, RecentOperations recent, OwnedSegments owned) {
    this.store = store;
    this.recent = recent;
    this.owned = owned;
  }

  // ---- one key ----

  /** A copy of what a key has, or null. */
  static @Nullable Image read(Store store, ByteBuffer key, boolean isUse) {
    @Nullable Image[] image = new Image[1];
    ItemReader reader = item -> image[0] = Image.of(item);
    boolean hit = isUse ? store.get(key, reader) : store.look(key, reader);
    return hit ? image[0] : null;
  }

  private void write(Key key, Image image) {
    byte[] value = image.value();
    boolean isOver =
        image.expiresAtMillis() != Item.NEVER && image.expiresAtMillis() <= store.nowMillis();
    if (value == null || isOver) {
      store.delete(key.buffer());
    } else {
      Update.Replace made =
          new Update.Replace(
                  ByteBuffer.wrap(value),
                  NOTHING,
                  image.kind(),
                  image.flags(),
                  image.expiresAtMillis(),
                  image.version())
              .withMarks(image.marks());
      store.updateLeased(key.buffer(), old -> made);
    }
    if (image.hasOperation()) {
      recent.add(key, image.operation(), image.previous(), image.reply());
    }
  }

  private static @Nullable InternalCacheEntry<Key, Image> entry(Key key, @Nullable Image image) {
    if (image == null) {
      return null;
    }
    @SuppressWarnings("unchecked") // It is made of these two.
    InternalCacheEntry<Key, Image> entry = new ImmortalCacheEntry(key, image);
    return entry;
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> get(int segment, Object key) {
    return entry((Key) key, read(store, ((Key) key).buffer(), true));
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> peek(int segment, Object key) {
    ByteBuffer buffer = ((Key) key).buffer();
    Image image = read(store, buffer, false);
    return entry((Key) key, image == null ? readPlaceholder(buffer) : image);
  }

  /** What says that somebody computes the item of a key, if there is such a thing. */
  private @Nullable Image readPlaceholder(ByteBuffer key) {
    @Nullable Image[] image = new Image[1];
    store.updateLeased(
        key,
        old -> {
          image[0] = old == null ? null : Image.of(old);
          return Update.KEEP;
        });
    return image[0];
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> get(Object key) {
    return get(0, key);
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> peek(Object key) {
    return peek(0, key);
  }

  @Override
  public boolean touch(int segment, Object key, long currentTimeMillis) {
    return true;
  }

  @Override
  public void put(
      int segment,
      Key key,
      Image image,
      Metadata metadata,
      PrivateMetadata internal,
      long createdMillis,
      long usedMillis) {
    write(key, image);
  }

  @Override
  public void put(Key key, Image image, Metadata metadata) {
    write(key, image);
  }

  @Override
  public boolean containsKey(int segment, Object key) {
    return store.look(((Key) key).buffer(), item -> {});
  }

  @Override
  public boolean containsKey(Object key) {
    return containsKey(0, key);
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> remove(int segment, Object key) {
    InternalCacheEntry<Key, Image> old = peek(segment, key);
    store.delete(((Key) key).buffer());
    return old;
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> remove(Object key) {
    return remove(0, key);
  }

  @Override
  public CompletionStage<Void> evict(int segment, Key key) {
    evict(key);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void evict(Key key) {
    store.delete(key.buffer());
  }

  /** Infinispan serializes what concerns a key. */
  @SuppressWarnings("ReferenceEquality") // The same entry means that nothing is to be changed.
  @Override
  public @Nullable InternalCacheEntry<Key, Image> compute(
      int segment, Key key, ComputeAction<Key, Image> action) {
    InternalCacheEntry<Key, Image> old = peek(segment, key);
    @SuppressWarnings("NullAway") // Infinispan passes the factory that it wants, and ours is none.
    InternalCacheEntry<Key, Image> made = action.compute(key, old, null);
    if (made == null) {
      store.delete(key.buffer());
    } else if (made != old) {
      write(key, made.getValue());
    }
    return made;
  }

  @Override
  public @Nullable InternalCacheEntry<Key, Image> compute(
      Key key, ComputeAction<Key, Image> action) {
    return compute(0, key, action);
  }

  // ---- many keys ----

  @Override
  public void clear() {
    store.clear();
  }

  @Override
  public void clear(IntSet segments) {
    drop(segments);
  }

  /** A lease of this node, too, that others do not know: it must not come back with its segment. */
  private void drop(IntSet segments) {
    SegmentKeys keys = new SegmentKeys(segments, store::scanLeased);
    while (keys.hasNext()) {
      store.delete(keys.next().buffer());
    }
  }

  @Override
  public int size() {
    return sizeIncludingExpired();
  }

  @Override
  public int size(IntSet segments) {
    return sizeIncludingExpired(segments);
  }

  @Override
  public int sizeIncludingExpired() {
    return Math.clamp(store.itemCount(), 0, Integer.MAX_VALUE);
  }

  @Override
  public int sizeIncludingExpired(IntSet segments) {
    SegmentKeys keys = new SegmentKeys(segments, store::scan);
    int size = 0;
    for (; keys.hasNext(); keys.next()) {
      size++;
    }
    return size;
  }

  /** One of the store's. */
  private interface Scan {
    long step(long cursor, int maxKeys, KeyVisitor visitor);
  }

  /** Goes through the whole store, since its tables do not follow segments, some keys at a time. */
  private static final class SegmentKeys implements Iterator<Key> {
    private final IntSet segments;
    private final Scan scan;
    private final ArrayDeque<Key> ready = new ArrayDeque<>();
    private long cursor;
    private boolean isOver;

    SegmentKeys(IntSet segments, Scan scan) {
      this.segments = segments;
      this.scan = scan;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && !isOver) {
        cursor = scan.step(cursor, KEYS_AT_ONCE, this::visit);
        isOver = cursor == 0;
      }
      return !ready.isEmpty();
    }

    private void visit(ByteBuffer key) {
      if (segments.contains(Key.segmentOf(key))) {
        ready.add(Key.copyOf(key));
      }
    }

    @Override
    public Key next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }
  }

  /** The entries of the keys that are still there when it is their turn. */
  private final class SegmentEntries implements Iterator<InternalCacheEntry<Key, Image>> {
    private final SegmentKeys keys;
    private @Nullable InternalCacheEntry<Key, Image> ahead;

    SegmentEntries(IntSet segments) {
      keys = new SegmentKeys(segments, store::scan);
    }

    @Override
    public boolean hasNext() {
      while (ahead == null && keys.hasNext()) {
        ahead = peek(0, keys.next());
      }
      return ahead != null;
    }

    @Override
    public InternalCacheEntry<Key, Image> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      InternalCacheEntry<Key, Image> next = requireNonNull(ahead);
      ahead = null;
      return next;
    }
  }

  @Override
  public Publisher<InternalCacheEntry<Key, Image>> publisher(int segment) {
    return publisher(IntSets.immutableSet(segment));
  }

  @Override
  public Publisher<InternalCacheEntry<Key, Image>> publisher(IntSet segments) {
    return Flowable.fromIterable(() -> iterator(segments));
  }

  @Override
  public Iterator<InternalCacheEntry<Key, Image>> iterator(IntSet segments) {
    return new SegmentEntries(segments);
  }

  @Override
  public Iterator<InternalCacheEntry<Key, Image>> iterator() {
    return iterator(IntSets.immutableRangeSet(SlotPartitioner.SEGMENTS));
  }

  @Override
  public Iterator<InternalCacheEntry<Key, Image>> iteratorIncludingExpired() {
    return iterator();
  }

  @Override
  public Iterator<InternalCacheEntry<Key, Image>> iteratorIncludingExpired(IntSet segments) {
    return iterator(segments);
  }

  @Override
  public Spliterator<InternalCacheEntry<Key, Image>> spliterator(IntSet segments) {
    return Spliterators.spliteratorUnknownSize(iterator(segments), 0);
  }

  @Override
  public Spliterator<InternalCacheEntry<Key, Image>> spliteratorIncludingExpired(IntSet segments) {
    return spliterator(segments);
  }

  @Override
  public Spliterator<InternalCacheEntry<Key, Image>> spliterator() {
    return Spliterators.spliteratorUnknownSize(iterator(), 0);
  }

  @Override
  public void forEachSegment(ObjIntConsumer<PeekableTouchableMap<Key, Image>> consumer) {
    throw new UnsupportedOperationException("there are no maps here");
  }

  // ---- what the node owns ----

  /** Items come by themselves. */
  @Override
  public void addSegments(IntSet segments) {
    owned.add(segments);
  }

  @Override
  public void removeSegments(IntSet segments) {
    if (!segments.isEmpty()) {
      owned.remove(segments);
      drop(segments);
    }
  }

  /** Listeners are told of what Infinispan evicts, which is nothing. */
  @Override
  public void addRemovalListener(Consumer<Iterable<InternalCacheEntry<Key, Image>>> listener) {}

  @Override
  public void removeRemovalListener(Object listener) {}

  @Override
  public boolean hasExpirable() {
    return false;
  }
}
