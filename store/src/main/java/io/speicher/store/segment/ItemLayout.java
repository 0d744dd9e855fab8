package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getShort;
import static io.speicher.store.segment.NativeMemory.putByte;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putShort;

import io.speicher.store.Item;
import java.nio.ByteBuffer;

/**
 * The bytes of one item in a segment. All knowledge of them is here.
 *
 * <pre>
 *   1 byte    1 or 2     1, 2 or 4    0 or 1   0 or 4   0, 4 or 12   0 or 8
 *  | options | key len. | value len. | kind   | flags  | expiry     | version | key | value |
 *
 *  options:  bits 0-1  kind; 3 if it has a byte of its own
 *            bits 2-3  how many bytes the lengths take: 1 and 1, 1 and 2, 1 and 4, or 2 and 4
 *            bit 4     nothing leads to it any more; set later, and not on every such item
 *            bit 5     there are flags: those of other items are zero
 *            bit 6     there is an expiry: other items have none
 *            bit 7     there is a version: that of other items is where they lie
 *  expiry:   milliseconds after the expiry base of the segment; or FAR, and then, in eight more
 *            bytes, the milliseconds themselves
 * </pre>
 *
 * <p>Nothing is aligned: a padded item would be 3.5 bytes longer on the average. An item describes
 * itself, so that a segment can be walked without its index. All but the one bit stays as it was
 * written.
 */
final class ItemLayout {
  static final int MAX_HEADER_BYTES = 1 + 2 + 4 + 1 + 4 + 12 + 8;

  private static final int KIND = 0x03;

  /** Stands for a kind in a byte of its own: every kind but 0, 1 and 2. */
  private static final int OTHER_KIND = 3;

  private static final int LENGTHS_SHIFT = 2;
  private static final int WIDE_KEY = 3;

  /** For each way to write the lengths four bits: what the value's takes, and where both end. */
  private static final int VALUE_LENGTH_BYTES = 0x4421;

  private static final int LENGTHS_ENDS = 0x7643;

  private static final int DEAD = 0x10;
  private static final int FLAGS = 0x20;
  private static final int EXPIRY = 0x40;
  private static final int VERSION = 0x80;

  private static final int FAR = -1;
  private static final int NEAR_BYTES = 4;
  private static final int FAR_BYTES = 12;

  private ItemLayout() {}

  // ---- writing ----

  /** The options of an item. */
  static int options(
      int kind, int keyBytes, int valueBytes, int flags, boolean expires, boolean hasVersion) {
    int lengths = valueBytes <= 0xFF ? 0 : valueBytes <= 0xFFFF ? 1 : 2;
    return Math.min(kind, OTHER_KIND)
        | ((keyBytes <= 0xFF ? lengths : WIDE_KEY) << LENGTHS_SHIFT)
        | (flags != 0 ? FLAGS : 0)
        | (expires ? EXPIRY : 0)
        | (hasVersion ? VERSION : 0);
  }

  /** How long such an item is. */
  static long bytes(int options, boolean far, int keyBytes, long valueBytes) {
    return (long) kindEnd(options)
        + ((options & FLAGS) != 0 ? 4 : 0)
        + ((options & EXPIRY) == 0 ? 0 : far ? FAR_BYTES : NEAR_BYTES)
        + ((options & VERSION) != 0 ? 8 : 0)
        + keyBytes
        + valueBytes;
  }

  /** Writes all but the value, and returns where that belongs. */
  static long write(
      long item,
      int options,
      ByteBuffer key,
      int valueBytes,
      int kind,
      int flags,
      long expiresAtMillis,
      boolean far,
      long expiryBaseMillis,
      long version) {
    putByte(item, options);
    if (!hasWideKey(options)) {
      putByte(item + 1, key.remaining());
    } else {
      putShort(item + 1, key.remaining());
    }
    long at = item + valueLengthOffset(options);
    for (int left = valueLengthBytes(options), bits = valueBytes; left > 0; left--) {
      putByte(at++, bits);
      bits >>>= 8;
    }
    if (kind >= OTHER_KIND) {
      putByte(at++, kind);
    }
    if ((options & FLAGS) != 0) {
      putInt(at, flags);
      at += 4;
    }
    if ((options & EXPIRY) != 0) {
      putInt(at, far ? FAR : (int) (expiresAtMillis - expiryBaseMillis));
      if (far) {
        putLong(at + NEAR_BYTES, expiresAtMillis);
      }
      at += far ? FAR_BYTES : NEAR_BYTES;
    }
    if ((options & VERSION) != 0) {
      putLong(at, version);
      at += 8;
    }
    NativeMemory.copy(key, at);
    return at + key.remaining();
  }

  /** Whether an expiry can be written as a distance from this base. */
  static boolean isNear(long expiresAtMillis, long expiryBaseMillis) {
    long distance = expiresAtMillis - expiryBaseMillis;
    return distance >= 0 && distance < 0xFFFF_FFFFL;
  }

  // ---- reading ----

  static int options(long item) {
    return getByte(item) & ~DEAD;
  }

  /** Whether it is known that nothing leads to the item any more. */
  static boolean isDead(long item) {
    return (getByte(item) & DEAD) != 0;
  }

  /** Notes that nothing leads to the item any more. */
  static void markDead(long item) {
    putByte(item, getByte(item) | DEAD);
  }

  static int kind(long item, int options) {
    int kind = options & KIND;
    return kind == OTHER_KIND ? getByte(item + lengthsEnd(options)) : kind;
  }

  static boolean expires(int options) {
    return (options & EXPIRY) != 0;
  }

  static boolean hasVersion(int options) {
    return (options & VERSION) != 0;
  }

  static int keyBytes(long item, int options) {
    return hasWideKey(options) ? getShort(item + 1) : getByte(item + 1);
  }

  static int valueBytes(long item, int options) {
    int unused = 32 - 8 * valueLengthBytes(options);
    return getInt(item + valueLengthOffset(options)) << unused >>> unused;
  }

  static int flags(long item, int options) {
    return (options & FLAGS) == 0 ? 0 : getInt(item + kindEnd(options));
  }

  static long expiresAtMillis(long item, int options, long expiryBaseMillis) {
    if (!expires(options)) {
      return Item.NEVER;
    }
    long at = expiryAt(item, options);
    int distance = getInt(at);
    return distance == FAR
        ? getLong(at + NEAR_BYTES)
        : expiryBaseMillis + Integer.toUnsignedLong(distance);
  }

  /** Only for an item that {@link #hasVersion}. */
  static long version(long item, int options) {
    return getLong(versionAt(item, options));
  }

  static long keyAt(long item, int options) {
    return versionAt(item, options) + (hasVersion(options) ? 8 : 0);
  }

  private static boolean hasWideKey(int options) {
    return lengths(options) == WIDE_KEY;
  }

  private static int lengths(int options) {
    return (options >>> LENGTHS_SHIFT) & 3;
  }

  private static int valueLengthOffset(int options) {
    return lengthsEnd(options) - valueLengthBytes(options);
  }

  private static int valueLengthBytes(int options) {
    return (VALUE_LENGTH_BYTES >>> (4 * lengths(options))) & 0xF;
  }

  private static int lengthsEnd(int options) {
    return (LENGTHS_ENDS >>> (4 * lengths(options))) & 0xF;
  }

  private static int kindEnd(int options) {
    int ownByte = ((options & KIND) + 1) >>> 2; // 1 for OTHER_KIND, else 0.
    return lengthsEnd(options) + ownByte;
  }

  private static long expiryAt(long item, int options) {
    return item + kindEnd(options) + ((options & FLAGS) != 0 ? 4 : 0);
  }

  private static long versionAt(long item, int options) {
    long at = expiryAt(item, options);
    if (!expires(options)) {
      return at;
    }
    return at + (getInt(at) == FAR ? FAR_BYTES : NEAR_BYTES);
  }
}
