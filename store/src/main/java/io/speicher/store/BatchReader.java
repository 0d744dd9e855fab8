package io.speicher.store;

import org.jspecify.annotations.Nullable;

/** Takes what it needs from several items, in place, by the rules of {@link ItemReader}. */
@FunctionalInterface
public interface BatchReader {
  /**
   * Called for one key after the other, in their order, and, if an item was overwritten while it
   * was being read, again for that key before the next: only the last call for a key counts.
   *
   * @param keyIndex which of the keys
   * @param item its item, or null if it has none
   */
  void read(int keyIndex, @Nullable Item item);
}
