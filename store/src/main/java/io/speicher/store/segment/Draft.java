package io.speicher.store.segment;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/**
 * An item that is going to be written: what it consists of, and how long it will be. One thread
 * uses it, for one item after the other, so that writes leave no garbage.
 */
final class Draft {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Shows where the value is to be written. */
  private final NativeMemory.View view;

  private ByteBuffer key = NOTHING;
  private ByteBuffer head = NOTHING;
  private ByteBuffer tail = NOTHING;
  private int kind;
  private int flags;
  private long expiresAtMillis;
  private long version;
  private int window;
  private int options;
  private long bytes;

  Draft(NativeMemory.View view) {
    this.view = view;
  }

  /**
   * Becomes another item.
   *
   * @param newHead the beginning of the value, of which {@code newTail} is the rest
   * @param newVersion 0 if it need not be kept
   */
  Draft of(
      ByteBuffer newKey,
      ByteBuffer newHead,
      ByteBuffer newTail,
      int newKind,
      int newFlags,
      long newExpiresAtMillis,
      long newVersion,
      long nowMillis) {
    key = newKey;
    head = newHead;
    tail = newTail;
    kind = newKind;
    flags = newFlags;
    expiresAtMillis = newExpiresAtMillis;
    version = newVersion;
    window = TtlWindows.of(expiresAtMillis, nowMillis);
    long valueBytes = (long) head.remaining() + tail.remaining();
    options =
        ItemLayout.options(
            kind,
            key.remaining(),
            (int) Math.min(valueBytes, Integer.MAX_VALUE),
            flags,
            expiresAtMillis != Item.NEVER,
            version != 0);
    bytes = ItemLayout.bytes(options, TtlWindows.isFar(window), key.remaining(), valueBytes);
    return this;
  }

  /** Becomes the same item as a stored one with this key and value, to be stored again. */
  Draft copyOf(
      StoredItem item, ByteBuffer itemKey, ByteBuffer value, long newVersion, long nowMillis) {
    return of(
        itemKey,
        value,
        NOTHING,
        item.kind(),
        item.flags(),
        item.expiresAtMillis(),
        newVersion,
        nowMillis);
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** The window that it belongs to. */
  int window() {
    return window;
  }

  /**
   * How long it is, from the first byte of its header to the last of its value. More than {@link
   * Integer#MAX_VALUE} fits nowhere.
   */
  long bytes() {
    return bytes;
  }

  /** Writes it into a segment with that expiry base. */
  void write(long item, long expiryBaseMillis) {
    long value =
        ItemLayout.write(
            item,
            options,
            key,
            valueBytes(),
            kind,
            flags,
            expiresAtMillis,
            TtlWindows.isFar(window),
            expiryBaseMillis,
            version);
    view.copy(head, value);
    view.copy(tail, value + head.remaining());
  }

  private int valueBytes() {
    return head.remaining() + tail.remaining();
  }
}
