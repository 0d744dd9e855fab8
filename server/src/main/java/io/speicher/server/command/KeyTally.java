package io.speicher.server.command;

import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * Counts the keys of a store that something is true of, some at a time: each that is there from the
 * first step to the last is counted once. One thread uses it at a time.
 */
public final class KeyTally {
  private static final int KEYS_AT_ONCE = 256;

  private final Store store;
  private final Predicate<ByteBuffer> wanted;
  private long cursor;
  private long count;

  /**
   * @param cursor where it begins: 0, or where another one has ended
   */
  public KeyTally(Store store, Predicate<ByteBuffer> wanted, long cursor) {
    this.store = store;
    this.wanted = wanted;
    this.cursor = cursor;
  }

  /**
   * Goes on until the end or the deadline.
   *
   * @return whether that was the end
   */
  public boolean goOn(long deadlineNanos) {
    do {
      cursor = store.scan(cursor, KEYS_AT_ONCE, key -> count += wanted.test(key) ? 1 : 0);
    } while (cursor != 0 && System.nanoTime() - deadlineNanos < 0);
    return cursor == 0;
  }

  public long count() {
    return count;
  }

  /** Where it goes on, or 0 at the end. */
  public long cursor() {
    return cursor;
  }
}
