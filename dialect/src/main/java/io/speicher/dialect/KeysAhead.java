package io.speicher.dialect;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The commands that have been received and not been decoded yet: their keys, for a store that can
 * bring what they need into the processor's cache before it is asked, and all that a {@link
 * Shortcut} has found out about them, so that it need not look twice. One thread uses it, for one
 * batch after the other.
 */
public final class KeysAhead {
  /** More than so many at a time would drive each other out of the cache. */
  public static final int MAX_KEYS = 64;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final Shortcut.Parts[] parts = new Shortcut.Parts[MAX_KEYS];
  private final int[] spans = new int[2 * MAX_KEYS];
  private ByteBuffer buffer = NONE;
  private long reads;
  private int count;
  private int recalled;

  public KeysAhead() {
    for (int i = 0; i < MAX_KEYS; i++) {
      parts[i] = new Shortcut.Parts();
    }
  }

  /** Forgets all commands. */
  public void clear() {
    buffer = NONE;
    reads = 0;
    count = 0;
    recalled = 0;
  }

  /**
   * Goes on with commands that lie in this buffer, which is a view and stays as it is, behind those
   * that are here already. Those of another buffer are forgotten.
   */
  @SuppressWarnings("ReferenceEquality") // Another one may have the same bytes.
  void goOnIn(ByteBuffer newBuffer) {
    if (buffer != newBuffer) {
      clear();
      buffer = newBuffer;
    }
  }

  /** Where the parts of the next command belong, until {@link #add} is called. */
  Shortcut.Parts next() {
    return parts[count];
  }

  /** Adds the next command. */
  void add() {
    spans[2 * count] = parts[count].keyIndex;
    spans[2 * count + 1] = parts[count].keyBytes;
    reads |= (parts[count].isSet ? 0L : 1L) << count;
    count++;
  }

  /** The parts of the command that begins at the position of this view, if it was found. */
  @SuppressWarnings("ReferenceEquality") // A connection may be answered while another one is.
  Shortcut.@Nullable Parts recall(ByteBuffer asked) {
    if (asked != buffer || !asked.hasRemaining()) {
      return null;
    }
    while (recalled < count && parts[recalled].start < asked.position()) {
      recalled++; // A connection may come to its end before its commands do.
    }
    boolean isNext = recalled < count && parts[recalled].start == asked.position();
    return isNext ? parts[recalled++] : null;
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

  /** Which of the keys will be read: a bit for each, the lowest one for the first. */
  public long reads() {
    return reads;
  }

  public int count() {
    return count;
  }
}
