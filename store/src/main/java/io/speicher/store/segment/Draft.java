package io.speicher.store.segment;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.Update;
import java.nio.ByteBuffer;

/**
 * An item that is going to be written: what it consists of, and how long it will be. One thread
 * uses it, for one item after the other, so that writes leave no garbage.
 */
final class Draft {
  /** Stands for a version that need not be kept. */
  static final long NO_VERSION = 0;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Shows where the value is to be written. */
  private final NativeMemory.View view;

  private ByteBuffer key = NOTHING;
  private ByteBuffer head = NOTHING;
  private int gapBytes;
  private ByteBuffer middle = NOTHING;
  private ByteBuffer tail = NOTHING;
  private int extension;
  private int flags;
  private long expiresAtMillis;
  private long version;
  private int window;
  private int options;
  private long valueBytes;
  private long bytes;

  Draft(NativeMemory.View view) {
    this.view = view;
  }

  /** Becomes the item that a put stores. */
  Draft of(ByteBuffer newKey, ByteBuffer value, PutOptions options, long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    return of(
        newKey,
        value,
        value.remaining(),
        ItemLayout.extension(options.kind(), 0),
        options.flags(),
        options.expiresAtMillis(),
        NO_VERSION,
        nowMillis);
  }

  /**
   * Becomes the item that an update stores.
   *
   * @param newVersion {@link #NO_VERSION} if it need not be kept
   */
  Draft of(ByteBuffer newKey, Update.Replace replace, long newVersion, long nowMillis) {
    gapBytes = replace.gapBytes();
    middle = replace.middle();
    tail = replace.tail();
    return of(
        newKey,
        replace.head(),
        replace.valueBytes(),
        ItemLayout.extension(replace.kind(), replace.marks()),
        replace.flags(),
        replace.expiresAtMillis(),
        newVersion,
        nowMillis);
  }

  /** Becomes the same item as a stored one with this key and value, to be stored again. */
  Draft copyOf(
      StoredItem item, ByteBuffer itemKey, ByteBuffer value, long newVersion, long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    return of(
        itemKey,
        value,
        value.remaining(),
        ItemLayout.extension(item.kind(), item.marks()),
        item.flags(),
        item.expiresAtMillis(),
        newVersion,
        nowMillis);
  }

  private Draft of(
      ByteBuffer newKey,
      ByteBuffer newHead,
      long newValueBytes,
      int newExtension,
      int newFlags,
      long newExpiresAtMillis,
      long newVersion,
      long nowMillis) {
    key = newKey;
    head = newHead;
    valueBytes = newValueBytes;
    extension = newExtension;
    flags = newFlags;
    expiresAtMillis = newExpiresAtMillis;
    version = newVersion;
    window = TtlWindows.of(expiresAtMillis, nowMillis);
    options =
        ItemLayout.options(
            extension,
            key.remaining(),
            (int) Math.min(valueBytes, Integer.MAX_VALUE),
            flags,
            expiresAtMillis != Item.NEVER,
            version != NO_VERSION);
    bytes = ItemLayout.bytes(options, TtlWindows.isFar(window), key.remaining(), valueBytes);
    return this;
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

  /**
   * Writes it into a segment with that expiry base; its lengths first, so that the segment can be
   * walked even if the value cannot be copied.
   */
  void write(long item, long expiryBaseMillis) {
    long value =
        ItemLayout.write(
            item,
            options,
            key,
            (int) valueBytes,
            extension,
            flags,
            expiresAtMillis,
            TtlWindows.isFar(window),
            expiryBaseMillis,
            version);
    view.copy(head, value);
    if (head.remaining() < valueBytes) {
      long gap = value + head.remaining();
      NativeMemory.zero(gap, gapBytes);
      view.copy(middle, gap + gapBytes);
      view.copy(tail, gap + gapBytes + middle.remaining());
    }
  }
}
