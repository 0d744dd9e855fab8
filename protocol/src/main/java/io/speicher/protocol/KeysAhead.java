package io.speicher.protocol;

import java.nio.ByteBuffer;

/**
 * The keys of commands that have been received and not been decoded yet, for a store that can bring
 * what they need into the processor's cache before it is asked. One thread uses it, for one batch
 * after the other.
 */
public final class KeysAhead {
  /** More than so many at a time would drive each other out of the cache. */
  public static final int MAX_KEYS = 64;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final int[] spans = new int[2 * MAX_KEYS];
  private ByteBuffer buffer = NONE;
  private int count;

  /** Forgets all keys. */
  public void clear() {
    begin(NONE);
  }

  /** Begins a batch of keys that lie in this buffer, which is a view and stays as it is. */
  public void begin(ByteBuffer newBuffer) {
    buffer = newBuffer;
    count = 0;
  }

  /** Adds the key from {@code index} of the buffer on, if there are less than {@link #MAX_KEYS}. */
  public void add(int index, int length) {
    if (count < MAX_KEYS) {
      spans[2 * count] = index;
      spans[2 * count + 1] = length;
      count++;
    }
  }

  public boolean isFull() {
    return count == MAX_KEYS;
  }

  public ByteBuffer buffer() {
    return buffer;
  }

  /** For each key its index in the buffer, and its length; not a copy. */
  public int[] spans() {
    return spans;
  }

  public int count() {
    return count;
  }
}
