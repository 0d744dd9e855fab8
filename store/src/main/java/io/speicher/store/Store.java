package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map from byte keys to byte values that is allowed to forget: an item disappears when it
 * is deleted, when its time to live has passed, or when it is evicted to make room.
 *
 * <p><b>Threads.</b> Any thread may call any method. Operations on one key are linearizable; across
 * keys nothing is promised, apart from {@link #clear}. No method waits for I/O, and none holds up
 * others for longer than it takes to copy a value.
 *
 * <p>A reader or a visitor may call the store again, and so may an updater, but only to read: what
 * it was shown stays as it is meanwhile.
 *
 * <p><b>Memory.</b> Items, index and bookkeeping together stay within the budget. Keys and values
 * are the remaining bytes of the buffers given; they are copied before a method returns, and the
 * buffers' positions stay as they are. A value is not copied to the heap to be read: an {@link
 * ItemReader} sees it in place.
 *
 * <p><b>Time.</b> Milliseconds, from the {@link Ticker}. An expired item is never shown, and its
 * memory is free for other items within two seconds, as long as {@link #maintain} is called.
 *
 * <p><b>Errors.</b> All methods throw {@link IllegalArgumentException} for a key that is not 1 to
 * {@link #MAX_KEY_BYTES} bytes long. A full store is not an error: something is evicted. What a
 * reader, an updater or a visitor throws reaches the caller; nothing has changed then.
 */
public interface Store extends AutoCloseable {
  int MAX_KEY_BYTES = 65_535;

  /** The longest prefix of a namespace. */
  int MAX_PREFIX_BYTES = 250;

  /** How many namespaces there can be. */
  int MAX_NAMESPACES = 4_096;

  /** How many tags an item can have. */
  int MAX_TAGS = 16;

  /** How many databases there are. */
  int DATABASES = 16;

  /**
   * The database that has this number now. A database is a store of its own that shares memory,
   * threads and clock with the others: keys of one are not those of another. This one has number 0
   * at first; all that others ask of it is room. What it returns stays that database, whatever
   * number it gets ({@link #swap}).
   *
   * @throws IndexOutOfBoundsException if the number is not 0 to {@link #DATABASES} - 1
   */
  Store database(int number);

  /** Exchanges the numbers of two databases, in a time that does not depend on their items. */
  void swap(int number, int other);

  /** How the store was opened, if it survives its process. */
  default Optional<Opening> opening() {
    return Optional.empty();
  }

  /** What was written to the disk, if the store survives its process. */
  default Optional<SyncStats> syncStats() {
    return Optional.empty();
  }

  /**
   * Which of the databases of its memory it is, whatever number it has: for {@link Prefetch#add}.
   */
  int number();

  /**
   * Shows the item to {@code reader} before returning true, or returns false on a miss.
   *
   * <p>The reader may be called more than once, see {@link ItemReader}.
   */
  boolean get(ByteBuffer key, ItemReader reader);

  /**
   * As {@link #get(ByteBuffer, ItemReader)}, for a key that was added to a batch.
   *
   * @param place where {@code key}, and no other, is in the batch
   */
  default boolean get(ByteBuffer key, Prefetch prefetch, int place, ItemReader reader) {
    return get(key, reader);
  }

  /**
   * As {@link #get(ByteBuffer, ItemReader)}, but it does not count as a use: the item is not kept
   * longer because of it, if the store can do so.
   */
  default boolean look(ByteBuffer key, ItemReader reader) {
    return get(key, reader);
  }

  /**
   * Reads several items. They are found first and shown then, in the order of their keys, which
   * lets a store wait for all of its memory accesses at a time; it is not a snapshot of all of
   * them. A key that comes twice is shown twice.
   */
  default void getAll(List<ByteBuffer> keys, BatchReader reader) {
    for (int i = 0; i < keys.size(); i++) {
      int keyIndex = i;
      if (!get(keys.get(i), item -> reader.read(keyIndex, item))) {
        reader.read(keyIndex, null);
      }
    }
  }

  /**
   * Stores {@code value} in place of any older one, together with what {@code options} say. Time to
   * live, flags, kind, marks and tags of an older item are forgotten.
   */
  PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options);

  /**
   * As {@link #put(ByteBuffer, ByteBuffer, PutOptions)}, for a key that was added to a batch.
   *
   * @param place where {@code key}, and no other, is in the batch
   */
  default PutResult put(
      ByteBuffer key, ByteBuffer value, PutOptions options, Prefetch prefetch, int place) {
    return put(key, value, options);
  }

  /** Makes a handle by which a thread says which keys it is about to read or write. */
  Prefetch newPrefetch();

  /** Removes the item, and returns whether there was one that had not expired. */
  boolean delete(ByteBuffer key);

  /**
   * Reads the item of a key and removes or replaces it, as {@code updater} decides, atomically.
   * Everything else that depends on the present item is made of this.
   */
  UpdateResult update(ByteBuffer key, Updater updater);

  /**
   * As {@link #update}, but the updater is also shown what holds the place of an item that somebody
   * has the lease of ({@link Item#PLACEHOLDER}); for {@link Leases}. If what takes the place of a
   * placeholder carries a tag that was cleared since that was stored, the result is {@link
   * UpdateResult#KEPT}, and the key has nothing from then on. What flags a placeholder has is the
   * store's affair.
   */
  UpdateResult updateLeased(ByteBuffer key, Updater updater);

  /**
   * Stores the item of {@code from} under the key {@code to} of {@code target} as well: the value
   * that it had at some moment during the call, with its kind, marks, tags, flags and expiry,
   * without a lease that ends, and with a version of its own. A miss, and nothing is done, if it is
   * evicted meanwhile, be it to make room for the copy.
   *
   * @param target this store, or another database of it
   * @param onlyIfAbsent whether {@code to} must have no item
   * @throws IllegalArgumentException if the target is another store
   */
  CopyResult copy(ByteBuffer from, Store target, ByteBuffer to, boolean onlyIfAbsent);

  /** As the other one, within this store. */
  default CopyResult copy(ByteBuffer from, ByteBuffer to, boolean onlyIfAbsent) {
    return copy(from, this, to, onlyIfAbsent);
  }

  /**
   * Visits some keys, and returns where to go on, or 0 when all have been visited. A key that is
   * there from the first call to the last is visited at least once, whatever happens to others
   * meanwhile; keys that come or go may be visited or not, and some keys twice.
   *
   * @param cursor 0 to begin, or what the last call returned; any other number is safe, and begins
   *     somewhere
   * @param maxKeys about how many keys to visit, at least 1: it may be a few more, or less, even
   *     none, and fewer where keys are long. How many it may be at most does not depend on how many
   *     there are.
   */
  long scan(long cursor, int maxKeys, KeyVisitor visitor);

  /**
   * As {@link #scan}, but also visits the keys that have nothing but a {@link Item#PLACEHOLDER}. A
   * store that cannot be asked for leases has none.
   */
  default long scanLeased(long cursor, int maxKeys, KeyVisitor visitor) {
    return scan(cursor, maxKeys, visitor);
  }

  /**
   * Removes every item of this database, in a time that does not depend on how many there are.
   * Operations that overlap with it happen before or after it: what was stored before is never seen
   * after it has returned, and what is stored from then on is not lost.
   */
  void clear();

  /** Removes every item of all databases, as {@link #clear} does. */
  void clearAll();

  // ---- namespaces: declared prefixes of keys, in all databases ----

  /**
   * Declares a namespace: from now on the items whose keys begin with {@code prefix}, and with no
   * longer prefix that is declared, are counted together, and can be cleared together. Those that
   * there are already are counted in the background.
   *
   * @param prefix 1 to {@link #MAX_PREFIX_BYTES} bytes
   * @throws IllegalArgumentException if it is not
   */
  CreateResult createNamespace(ByteBuffer prefix, TtlRule rule);

  /** Changes how long items live that are stored from now on; false if it is not declared. */
  boolean alterNamespace(ByteBuffer prefix, TtlRule rule);

  /** Forgets a namespace, and not its items; false if it is not declared. */
  boolean dropNamespace(ByteBuffer prefix);

  /**
   * Removes every item of a namespace, of all databases, in a time that does not depend on how many
   * there are, and as exactly as {@link #clear}; false if it is not declared.
   */
  boolean clearNamespace(ByteBuffer prefix);

  /** The namespaces that are declared, in the order of their prefixes, as unsigned bytes. */
  List<NamespaceStats> namespaces();

  /**
   * Counts a read for the namespace of a key, if there is one: {@link #get} and {@link #getAll} do
   * so themselves, and {@link #update} does not know whether it is one.
   */
  void countRead(ByteBuffer key, boolean hit);

  // ---- tags ----

  /**
   * Removes every item that has one of these tags, of all databases, in a time that does not depend
   * on how many there are, and as exactly as {@link #clear}. Others may go with them: those whose
   * tags have the same hash of 64 bits.
   */
  void clearTags(List<ByteBuffer> tags);

  /**
   * From now on tells this listener of all changes in all databases, and nobody else; null for
   * nobody. Changes that are under way may not be told of.
   */
  void listen(@Nullable ChangeListener listener);

  /**
   * Does the work that is due in the background, such as giving back the memory of expired items.
   * The owner calls it about once a second, from one thread.
   */
  void maintain();

  /** The time of the store: items expire by it. */
  long nowMillis();

  /**
   * The largest items that the last walk has found; {@link #maintain} walks, a bit each time. A
   * store that does not walk has found none.
   */
  default LargestItems largestItems() {
    return LargestItems.NONE;
  }

  /** How many items this database has, of which some may have expired in the last two seconds. */
  default long itemCount() {
    return stats().itemCount();
  }

  /** How many of them have a time to live. */
  default long expiringItemCount() {
    return stats().expiringItemCount();
  }

  /**
   * What is in the store now, and what has happened to items so far. Items are those of this
   * database, and bytes those of all databases.
   */
  StoreStats stats();

  /**
   * What less or more memory would do to the hit ratio, over the last hour and the last day. Takes
   * some microseconds and no lock that a request waits for; the periods advance in {@link
   * #maintain}.
   */
  default HitRatioCurve hitRatioCurve() {
    return HitRatioCurve.EMPTY;
  }

  /** Gives all memory back. Nothing else may be called during or after it. */
  @Override
  void close();
}
