package io.speicher.store;

import io.speicher.store.AddResult.Counted;
import io.speicher.store.AddResult.Refused;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A bounded map from byte keys to byte values that is allowed to forget: an item disappears when it
 * is deleted, when its time to live has passed, or when it is evicted to make room.
 *
 * <p><b>Threads.</b> Any thread may call any method. Operations on one key are linearizable; across
 * keys nothing is promised, but what was stored before {@link #clear} is never seen after it. No
 * method waits for I/O, and none holds up others for longer than it takes to copy a value.
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
   * Stores {@code value} in place of any older one, together with what {@code options} say, if
   * their condition holds. Time to live, flags and kind of an older item are forgotten. If the
   * condition does not hold, nothing changes, however large the value is.
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

  /** Removes the item if it has this {@link Item#version}. */
  default DeleteResult delete(ByteBuffer key, long version) {
    DeleteResult[] result = new DeleteResult[1];
    update(
        key,
        old -> {
          result[0] =
              old == null
                  ? DeleteResult.KEY_ABSENT
                  : old.version() == version ? DeleteResult.DELETED : DeleteResult.OTHER_VERSION;
          return result[0] == DeleteResult.DELETED ? Update.REMOVE : Update.KEEP;
        });
    return result[0];
  }

  /** Adds bytes to the end of the value of an item; all else about it stays but its version. */
  default PutResult append(ByteBuffer key, ByteBuffer tail) {
    return replace(key, old -> Update.Replace.value(old, old.value(), tail));
  }

  /** Adds bytes before the value of an item; all else about it stays but its version. */
  default PutResult prepend(ByteBuffer key, ByteBuffer head) {
    return replace(key, old -> Update.Replace.value(old, head, old.value()));
  }

  /**
   * Adds {@code delta} to the number that the value is, as decimal text; all else about the item
   * stays but its version, since the value is another one (even if {@code delta} is 0). The text is
   * a minus or nothing, and digits without needless zeros, as {@link Long#toString(long)} writes
   * it.
   */
  default AddResult add(ByteBuffer key, long delta) {
    AddResult[] result = new AddResult[1];
    update(
        key,
        old -> {
          if (old == null) {
            result[0] = Refused.KEY_ABSENT;
            return Update.KEEP;
          }
          result[0] = DecimalText.sum(old.value(), delta);
          return result[0] instanceof Counted(long sum)
              ? Update.Replace.value(old, DecimalText.of(sum))
              : Update.KEEP;
        });
    return result[0];
  }

  /**
   * Gives the item a new time to live, and returns whether there was one. Its version stays.
   *
   * @param ttlMillis from now on, at least 1, or {@link PutOptions#NO_TTL}
   */
  default boolean touch(ByteBuffer key, long ttlMillis) {
    return getAndTouch(key, ttlMillis, item -> {});
  }

  /** Shows the item as it was before a {@link #touch}, and touches it, in one step. */
  default boolean getAndTouch(ByteBuffer key, long ttlMillis, ItemReader reader) {
    PutOptions options = PutOptions.DEFAULT.withTtlMillis(ttlMillis);
    UpdateResult result =
        update(
            key,
            old -> {
              if (old == null) {
                return Update.KEEP;
              }
              reader.read(old);
              return Update.Replace.expiry(old, options.expiresAtMillis(nowMillis()));
            });
    return result != UpdateResult.KEPT;
  }

  /**
   * How many milliseconds the item has left, at least 1, {@link Item#NEVER} if it has no end, or
   * nothing if there is none.
   */
  default OptionalLong ttlMillis(ByteBuffer key) {
    long[] expiresAtMillis = new long[1];
    if (!look(key, item -> expiresAtMillis[0] = item.expiresAtMillis())) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        expiresAtMillis[0] == Item.NEVER
            ? Item.NEVER
            : Math.max(1, expiresAtMillis[0] - nowMillis()));
  }

  /**
   * Visits some keys, and returns where to go on, or 0 when all have been visited. A key that is
   * there from the first call to the last is visited at least once, whatever happens to others
   * meanwhile; keys that come or go may be visited or not, and some keys twice.
   *
   * @param cursor 0 to begin, or what the last call returned; any number is safe
   * @param maxKeys about how many keys to visit, at least 1: it may be a few more, or less, even
   *     none. How many it may be at most does not depend on how many there are.
   */
  long scan(long cursor, int maxKeys, KeyVisitor visitor);

  /** Removes every item, in a time that does not depend on how many there are. */
  void clear();

  /**
   * Does the work that is due in the background, such as giving back the memory of expired items.
   * The owner calls it about once a second, from one thread.
   */
  void maintain();

  /** The time of the store: items expire by it. */
  long nowMillis();

  /** What is in the store now, and what has happened to items so far. */
  StoreStats stats();

  /** Gives all memory back. Nothing else may be called during or after it. */
  @Override
  void close();

  private PutResult replace(ByteBuffer key, Function<Item, Update.Replace> replacement) {
    return switch (update(key, old -> old == null ? Update.KEEP : replacement.apply(old))) {
      case KEPT, REMOVED -> PutResult.KEY_ABSENT;
      case STORED -> PutResult.STORED;
      case TOO_LARGE -> PutResult.TOO_LARGE;
    };
  }
}
