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

  /** The place of a command that was not looked ahead for. */
  public static final int NOWHERE = -1;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final Shortcut.Parts[] parts = new Shortcut.Parts[MAX_KEYS];
  private ByteBuffer buffer = NONE;
  private int count;
  private int recalled;
  private int place = NOWHERE;

  public KeysAhead() {
    for (int i = 0; i < MAX_KEYS; i++) {
      parts[i] = new Shortcut.Parts();
    }
  }

  /** Forgets all commands. */
  public void clear() {
    buffer = NONE;
    count = 0;
    recalled = 0;
    place = NOWHERE;
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
    if (!isNext) {
      return null;
    }
    place = recalled++;
    return parts[place];
  }

  /** The place of the command that was recalled since this was last called, or {@link #NOWHERE}. */
  public int takePlace() {
    int taken = place;
    place = NOWHERE;
    return taken;
  }

  public boolean isFull() {
    return count == MAX_KEYS;
  }

  public ByteBuffer buffer() {
    return buffer;
  }

  /** Where the key of a command begins in the buffer. */
  public int keyIndex(int command) {
    return parts[command].keyIndex;
  }

  public int keyBytes(int command) {
    return parts[command].keyBytes;
  }

  /** Whether a command sets its key; else it reads it. */
  public boolean isSet(int command) {
    return parts[command].isSet;
  }

  public int count() {
    return count;
  }
}
