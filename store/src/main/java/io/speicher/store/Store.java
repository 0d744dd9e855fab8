package io.speicher.store;

import java.nio.ByteBuffer;

/**
 * A bounded map from byte keys to byte values that is allowed to forget: an item disappears when it
 * is deleted, when its time to live has passed, or when it is evicted to make room.
 *
 * <p><b>Threads.</b> Any thread may call any method. Operations on one key are linearizable; across
 * keys nothing is promised, but what was stored before {@link #clear} is never seen after it. No
 * method waits for I/O, and none holds up others for longer than it takes to copy a value.
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
 * {@link #MAX_KEY_BYTES} bytes long. A full store is not an error: something is evicted.
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
   * Stores {@code value} in place of any older one, together with what {@code options} say, if
   * their condition holds. Time to live, flags and kind of an older item are forgotten.
   */
  PutResult put(ByteBuffer key, ByteBuffer value, PutOptions options);

  /** Removes the item, and returns whether there was one that had not expired. */
  boolean delete(ByteBuffer key);

  /** Removes every item, in a time that does not depend on how many there are. */
  void clear();

  /**
   * Does the work that is due in the background, such as giving back the memory of expired items.
   * The owner calls it about once a second, from one thread.
   */
  void maintain();

  /** What is in the store now, and what has happened to items so far. */
  StoreStats stats();

  /** Gives all memory back. Nothing else may be called during or after it. */
  @Override
  void close();
}
