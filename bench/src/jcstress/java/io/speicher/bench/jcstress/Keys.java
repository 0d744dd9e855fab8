package io.speicher.bench.jcstress;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.PutResult;
import io.speicher.store.Ticker;
import io.speicher.store.Update;
import io.speicher.store.UpdateResult;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store, keys in it, and values that show at each place to whom they belong. */
final class Keys {
  /** Outcomes of {@link #read}, beside the letter of the value. */
  static final char MISS = '-';

  static final char TORN = '!';
  static final char FOREIGN = '?';

  /** More than there are states at a time. */
  private static final long KEYS = 50_000;

  private static final int VALUE_WORDS = 24;

  final SegmentStore store;
  private final AtomicLong last = new AtomicLong();

  private Keys(Geometry geometry) {
    store = new SegmentStore(geometry, Ticker.system());
  }

  /** Nothing is ever evicted. */
  static Keys withRoomForAll() {
    return new Keys(new Geometry(64 << 20, 16 << 10, 0));
  }

  /** A handful of segments, which are used again all the time. */
  static Keys withRoomForFew() {
    return new Keys(new Geometry(24 * (8 << 10), 8 << 10, 0));
  }

  /** A key that no other state has now. */
  long next() {
    return last.incrementAndGet() % KEYS;
  }

  static ByteBuffer name(long key) {
    return ByteBuffer.allocate(8).putLong(0, key);
  }

  void put(long key, char letter) {
    PutResult result = store.put(name(key), value(key, letter), PutOptions.DEFAULT);
    assert result == PutResult.STORED;
  }

  /** Puts a value if the present item is as it has to be, and returns whether it was. */
  boolean putIf(long key, char letter, Predicate<@Nullable Item> condition) {
    Update.Replace replace = Update.Replace.put(value(key, letter), PutOptions.DEFAULT);
    UpdateResult result =
        store.update(name(key), old -> condition.test(old) ? replace : Update.KEEP);
    return result == UpdateResult.STORED;
  }

  private static ByteBuffer value(long key, char letter) {
    ByteBuffer value = ByteBuffer.allocate(8 * VALUE_WORDS);
    while (value.hasRemaining()) {
      value.putLong(word(key, letter));
    }
    return value.flip();
  }

  /** Writes so much that in a small store segments are cleaned and used again. */
  void churn(long key) {
    for (int i = 0; i < 3; i++) {
      store.put(name(KEYS + (key + i) % 4), ByteBuffer.allocate(2_000), PutOptions.DEFAULT);
    }
  }

  /** The letter of the value, if all of it belongs to the key and that letter. */
  char read(long key) {
    char[] letter = new char[1];
    return store.get(name(key), item -> letter[0] = letter(item, key)) ? letter[0] : MISS;
  }

  private static char letter(Item item, long key) {
    ByteBuffer value = item.value().slice();
    if (value.remaining() != 8 * VALUE_WORDS) {
      return TORN;
    }
    long first = value.getLong(0);
    for (int i = 1; i < VALUE_WORDS; i++) {
      if (value.getLong(8 * i) != first) {
        return TORN;
      }
    }
    return first >>> 8 == key ? (char) (first & 0xFF) : FOREIGN;
  }

  private static long word(long key, char letter) {
    return (key << 8) | letter;
  }

  /** The version of the item, or 0. */
  long version(long key) {
    long[] version = new long[1];
    return store.get(name(key), item -> version[0] = item.version()) ? version[0] : 0;
  }
}
