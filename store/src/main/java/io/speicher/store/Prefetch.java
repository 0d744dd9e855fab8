package io.speicher.store;

import java.nio.ByteBuffer;

/**
 * A batch of keys that will be asked for soon, and what the store has found out about each. The
 * store waits for the memory accesses of all of them at a time, and an operation that is given the
 * place of its key in the batch begins where that key was seen.
 *
 * <p>A hint: it shows nothing, and no result depends on it. One thread uses it, for one batch after
 * the other, with the store that made it; this leaves no garbage.
 */
public interface Prefetch {
  /** What more keys need would drive each other out of the processor's nearest cache. */
  int MAX_KEYS = 64;

  /** Begins a batch: places of the last one mean nothing any more. */
  void clear();

  /**
   * Adds a key of a database, which is a piece of {@code buffer}. The buffer's position stays as it
   * is, and the bytes are not needed after this method returns.
   *
   * @param database the {@link Store#number} of the store that will be asked for it; where another
   *     one is asked, the batch is of no use
   * @param index where the key begins in the buffer
   * @param read whether the value will be read; else it will be written
   * @return the place of the key in the batch, from 0 on
   * @throws IllegalStateException if the batch {@link #isFull}
   * @throws IllegalArgumentException if the key is not 1 to {@link Store#MAX_KEY_BYTES} bytes long
   * @throws IndexOutOfBoundsException if the piece is not within the limit of the buffer
   */
  int add(int database, ByteBuffer buffer, int index, int keyBytes, boolean read);

  /** Whether the batch has {@link #MAX_KEYS} keys. */
  boolean isFull();

  /** Brings what the keys of the batch need into the processor's cache. */
  void fetch();
}
