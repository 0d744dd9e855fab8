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

  private static final int MAX_TAGS = 16;

  /** Shows where the value is to be written. */
  private final NativeMemory.View view;

  private ByteBuffer key = NOTHING;
  private ByteBuffer head = NOTHING;
  private int gapBytes;
  private ByteBuffer middle = NOTHING;
  private ByteBuffer tail = NOTHING;
  private int extension;
  private final int[] tags = new int[MAX_TAGS];
  private int tagCount;
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

  /** Becomes the item that a put stores in a database. */
  Draft of(int database, ByteBuffer newKey, ByteBuffer value, PutOptions options, long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    tagCount = 0;
    return of(
        newKey,
        value,
        value.remaining(),
        ItemLayout.extension(options.kind(), 0, database, false),
        options.flags(),
        options.expiresAtMillis(),
        NO_VERSION,
        nowMillis);
  }

  /**
   * Becomes the item that an update stores in a database.
   *
   * @param newVersion {@link #NO_VERSION} if it need not be kept
   */
  Draft of(
      int database, ByteBuffer newKey, Update.Replace replace, long newVersion, long nowMillis) {
    gapBytes = replace.gapBytes();
    middle = replace.middle();
    tail = replace.tail();
    tagCount = 0;
    return of(
        newKey,
        replace.head(),
        replace.valueBytes(),
        ItemLayout.extension(replace.kind(), replace.marks(), database, false),
        replace.flags(),
        replace.expiresAtMillis(),
        newVersion,
        nowMillis);
  }

  /**
   * Becomes the same item as a stored one with this key and value, to be stored again, in this
   * database and with these marks.
   */
  Draft copyOf(
      StoredItem item,
      int marks,
      int database,
      ByteBuffer itemKey,
      ByteBuffer value,
      long newVersion,
      long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    tagCount = Math.min(item.tagCount(), MAX_TAGS);
    for (int i = 0; i < tagCount; i++) {
      tags[i] = item.tag(i);
    }
    return of(
        itemKey,
        value,
        value.remaining(),
        ItemLayout.extension(item.kind(), marks, database, tagCount > 0),
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
    bytes =
        ItemLayout.bytes(
            options, TtlWindows.isFar(window), extension, tagCount, key.remaining(), valueBytes);
    return this;
  }

  long expiresAtMillis() {
    return expiresAtMillis;
  }

  boolean expires() {
    return expiresAtMillis != Item.NEVER;
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
            tags,
            tagCount,
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
