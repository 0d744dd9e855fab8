package io.speicher.store.segment;

import io.speicher.store.Item;
import io.speicher.store.PutOptions;
import io.speicher.store.Store;
import io.speicher.store.Update;
import java.nio.ByteBuffer;
import java.util.List;

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

  /** References to the tags that it will carry, and what they refer to, if they are its own. */
  private final int[] tags = new int[Store.MAX_TAGS];

  private final long[] tagHashes = new long[Store.MAX_TAGS];
  private int tagCount;

  /** Whether it carries the tags of another item. */
  private boolean keepsTags;

  /** Whether it takes the place of a placeholder, and which clear of a tag was the last before. */
  private boolean isLeased;

  private int lastClearBeforeLease;

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

  // ---- tags, which are said first ----

  /** Will carry these tags. The caller has nothing locked. */
  Draft tag(List<ByteBuffer> newTags, Parts parts) {
    keepsTags = false;
    isLeased = false;
    tagCount = 0;
    for (int i = 0; i < newTags.size(); i++) {
      long hash = parts.tagHash(newTags.get(i));
      if (!carries(hash)) {
        tagHashes[tagCount++] = hash;
      }
    }
    refresh(parts);
    return this;
  }

  private boolean carries(long tagHash) {
    for (int i = 0; i < tagCount; i++) {
      if (tagHashes[i] == tagHash) {
        return true;
      }
    }
    return false;
  }

  /**
   * Refers to its tags as they are now, if they are its own and no clear ends its lease, and
   * returns whether it does. The caller has nothing locked.
   */
  boolean refresh(Parts parts) {
    boolean refreshes = !keepsTags && !isLeased;
    for (int i = 0; refreshes && i < tagCount; i++) {
      tags[i] = parts.reference(tagHashes[i]);
    }
    return refreshes;
  }

  /** With its tags said: it is stored by the lease that a placeholder stands for. */
  Draft leasedBy(StoredItem placeholder) {
    isLeased = true;
    lastClearBeforeLease = placeholder.flags();
    return this;
  }

  /**
   * Whether one of its tags was cleared since its lease was given. What is cleared after this call
   * clears the item itself, which refers to its tags as they were before.
   */
  boolean isClearedSinceLeased(Parts parts) {
    for (int i = 0; isLeased && i < tagCount; i++) {
      if (parts.lastTagClears().includes(tagHashes[i], lastClearBeforeLease)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #tag}, of tags that are known by their hashes. */
  Draft tagByHashes(long[] hashes, Parts parts) {
    keepsTags = false;
    isLeased = false;
    tagCount = hashes.length;
    System.arraycopy(hashes, 0, tagHashes, 0, tagCount);
    refresh(parts);
    return this;
  }

  /** Will carry the tags of an item. */
  Draft tagLike(StoredItem item) {
    keepsTags = true;
    tagCount = Math.min(item.tagCount(), tags.length); // It may have been overwritten by now.
    for (int i = 0; i < tagCount; i++) {
      tags[i] = item.tag(i);
    }
    return this;
  }

  /** Whether it would be cleared by one of its tags where it lies. */
  boolean isClearedAt(Parts parts, long sequence, long location) {
    for (int i = 0; i < tagCount; i++) {
      if (parts.isCleared(tags[i], sequence, location)) {
        return true;
      }
    }
    return false;
  }

  // ---- all else ----

  /** Becomes the item that a put stores in a database. */
  Draft of(
      int database,
      ByteBuffer newKey,
      ByteBuffer value,
      PutOptions options,
      long newExpiresAtMillis,
      long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    return of(
        newKey,
        value,
        value.remaining(),
        ItemLayout.extension(options.kind(), 0, database, tagCount > 0),
        options.flags(),
        newExpiresAtMillis,
        NO_VERSION,
        nowMillis);
  }

  /**
   * Becomes the item that an update stores in a database.
   *
   * @param newVersion {@link #NO_VERSION} if it need not be kept
   */
  Draft of(
      int database,
      ByteBuffer newKey,
      Update.Replace replace,
      long newExpiresAtMillis,
      long newVersion,
      long nowMillis) {
    gapBytes = replace.gapBytes();
    middle = replace.middle();
    tail = replace.tail();
    return of(
        newKey,
        replace.head(),
        replace.valueBytes(),
        ItemLayout.extension(replace.kind(), replace.marks(), database, tagCount > 0),
        replace.flags(),
        newExpiresAtMillis,
        newVersion,
        nowMillis);
  }

  /**
   * Becomes the same item as a stored one with this key, value and expiry, to be stored again, in
   * this database and with these marks.
   */
  Draft copyOf(
      StoredItem item,
      int marks,
      int database,
      ByteBuffer itemKey,
      ByteBuffer value,
      long newExpiresAtMillis,
      long newVersion,
      long nowMillis) {
    return tagLike(item)
        .likeWithTags(
            item, marks, database, itemKey, value, newExpiresAtMillis, newVersion, nowMillis);
  }

  /** As {@link #copyOf}, but with the tags that were said. */
  Draft likeWithTags(
      StoredItem item,
      int marks,
      int database,
      ByteBuffer itemKey,
      ByteBuffer value,
      long newExpiresAtMillis,
      long newVersion,
      long nowMillis) {
    gapBytes = 0;
    middle = NOTHING;
    tail = NOTHING;
    return of(
        itemKey,
        value,
        value.remaining(),
        ItemLayout.extension(item.kind(), marks, database, tagCount > 0),
        item.flags(),
        newExpiresAtMillis,
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
