package io.speicher.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The largest items, as a walk through the store found them. What was overwritten or deleted since
 * may still be among them, and what was stored since is not.
 *
 * @param items the largest first; never more than a hundred
 * @param endedMillis when the walk ended, by the time of the store; 0 if none has ended yet
 * @param walkMillis how long it took
 */
public record LargestItems(List<Large> items, long endedMillis, long walkMillis) {
  /** Before the first walk has ended. */
  public static final LargestItems NONE = new LargestItems(List.of(), 0, 0);

  /**
   * An item that was found.
   *
   * @param key a copy of its first bytes, 64 at most
   * @param keyBytes how long the key is
   * @param bytes what the item takes in the store: header, key and value
   */
  public record Large(ByteBuffer key, int keyBytes, long bytes) {}
}
