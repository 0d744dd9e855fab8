package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.putByte;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putShort;

import io.speicher.store.Item;
import io.speicher.store.Store;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of one item in a segment. All knowledge of them is here.
 *
 * <pre>
 *   1 byte    1 or 2     1, 2 or 4    0 or 1      0 or 4   0, 4 or 12   0 or 1     0 or 5 to 65   0 or 8
 *  | options | key len. | value len. | extension | flags  | expiry     | more     | tags         | version | key | value |
 *
 *  options:  bits 0-1  kind; 3 if there is an extension
 *            bits 2-3  how many bytes the lengths take: 1 and 1, 1 and 2, 1 and 4, or 2 and 4
 *            bit 4     dead: nothing leads to it (any more)
 *            bit 5     there are flags: those of other items are zero
 *            bit 6     there is an expiry: other items have none
 *            bit 7     there is a version: that of other items is where they lie
 *  extension: bits 0-1 kind
 *            bit 2     stale: the value is out of date
 *            bit 3     leased: somebody is computing it
 *            bit 4     there are tags
 *            bit 5     a placeholder: there is no item, and somebody is computing one
 *            bit 6     of another database than 0: bits 2-5 are its number, and what they say
 *                      otherwise is in the byte of more
 *            bit 7     there is a byte of more: its bits 2-5 are those of an extension
 *  tags:     how many, 1 to 16, in one byte, and four bytes for each
 *  expiry:   milliseconds after the expiry base of the segment; or FAR, and then, in eight more
 *            bytes, the milliseconds themselves
 * </pre>
 *
 * <p>Nothing is aligned: a padded item would be 3.5 bytes longer on the average. An item describes
 * itself, so that a segment can be walked without its index. All but the dead bit stays as it was
 * written. Each item has that bit that no slot leads to, except while the table of its slot is
 * locked, or its segment has writers. A dead item with a key of no bytes is a filler: it stands for
 * bytes that were reserved and never written.
 */
final class ItemLayout {
  static final int MAX_HEADER_BYTES = 1 + 2 + 4 + 1 + 4 + 12 + 1 + 65 + 8;

  private static final int KIND = 0x03;

  /** Stands in place of a kind where there is an extension. */
  private static final int EXTENDED = 3;

  private static final int MARKS_SHIFT = 2;
  private static final int MARKS = 0x2C;
  private static final int TAGGED = 0x10;
  private static final int OTHER_DATABASE = 0x40;
  private static final int DATABASE_SHIFT = 2;
  private static final int DATABASE = 0x3C;
  private static final int MORE = 0x80;

  /** Where the byte of more is in the number that stands for both. */
  private static final int MORE_SHIFT = 8;

  private static final int TAG_BYTES = 4;
  private static final int TAG_COUNT = 0x1F;

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
  private static final int VERSION_BYTES = 8;

  private ItemLayout() {}

  /** Throws if a key has another length than an item can have. */
  static void requireKey(int keyBytes) {
    if (keyBytes < 1 || keyBytes > Store.MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key length out of bounds: keyBytes="
              + keyBytes
              + " (expected: 1.."
              + Store.MAX_KEY_BYTES
              + ")");
    }
  }

  // ---- writing ----

  /** The extension of an item, whether it needs one or not, and the byte of more above it. */
  static int extension(int kind, int marks, int database, boolean isTagged) {
    int attributes = (marks << MARKS_SHIFT) | (isTagged ? TAGGED : 0);
    if (database == 0) {
      return kind | attributes;
    }
    return kind
        | (database << DATABASE_SHIFT)
        | OTHER_DATABASE
        | (attributes == 0 ? 0 : MORE | (attributes << MORE_SHIFT));
  }

  /** The options of an item, which has an extension in it only if that is 3 or more. */
  static int options(
      int extension, int keyBytes, int valueBytes, int flags, boolean expires, boolean hasVersion) {
    int lengths = valueBytes <= 0xFF ? 0 : valueBytes <= 0xFFFF ? 1 : 2;
    return Math.min(extension, EXTENDED)
        | ((keyBytes <= 0xFF ? lengths : WIDE_KEY) << LENGTHS_SHIFT)
        | (flags != 0 ? FLAGS : 0)
        | (expires ? EXPIRY : 0)
        | (hasVersion ? VERSION : 0);
  }

  /** How long such an item is. */
  static long bytes(
      int options, boolean far, int extension, int tagCount, int keyBytes, long valueBytes) {
    return (long) expiryEnd(options, far)
        + ((extension & MORE) != 0 ? 1 : 0)
        + (tagCount > 0 ? 1 + TAG_BYTES * tagCount : 0)
        + ((options & VERSION) != 0 ? VERSION_BYTES : 0)
        + keyBytes
        + valueBytes;
  }

  /** Writes all but the value, and returns where that belongs. */
  static long write(
      long item,
      int options,
      ByteBuffer key,
      int valueBytes,
      int extension,
      int flags,
      long expiresAtMillis,
      boolean far,
      long expiryBaseMillis,
      int[] tags,
      int tagCount,
      long version) {
    putByte(item, options);
    if (!hasWideKey(options)) {
      putByte(item + 1, key.remaining());
    } else {
      putShort(item + 1, key.remaining());
    }
    int lengthBytes = valueLengthBytes(options);
    long at = item + lengthsEnd(options) - lengthBytes;
    for (int left = lengthBytes, bits = valueBytes; left > 0; left--) {
      putByte(at++, bits);
      bits >>>= 8;
    }
    if (extension >= EXTENDED) {
      putByte(at++, extension);
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
    if ((extension & MORE) != 0) {
      putByte(at++, extension >>> MORE_SHIFT);
    }
    if (tagCount > 0) {
      putByte(at++, tagCount);
      for (int i = 0; i < tagCount; i++) {
        putInt(at, tags[i]);
        at += TAG_BYTES;
      }
    }
    if ((options & VERSION) != 0) {
      putLong(at, version);
      at += VERSION_BYTES;
    }
    NativeMemory.copy(key, at);
    return at + key.remaining();
  }

  /** Whether an expiry can be written as a distance from this base. */
  static boolean isNear(long expiresAtMillis, long expiryBaseMillis) {
    long distance = expiresAtMillis - expiryBaseMillis;
    return distance >= 0 && distance < 0xFFFF_FFFFL;
  }

  /** Lets bytes that hold no item be passed over, as a dead item without a key; 4 or more. */
  static void writeFiller(long item, int bytes) {
    int options = 0;
    while (bytes - lengthsEnd(options) > maxValueBytes(options)) {
      options += 1 << LENGTHS_SHIFT;
    }
    putByte(item, options | DEAD);
    putByte(item + 1, 0);
    int valueBytes = bytes - lengthsEnd(options);
    for (int i = 0; i < valueLengthBytes(options); i++) {
      putByte(item + 2 + i, valueBytes >>> (8 * i));
    }
  }

  private static long maxValueBytes(int options) {
    return (1L << (8 * valueLengthBytes(options))) - 1;
  }

  // ---- reading ----

  /**
   * The first eight bytes: they hold the options, both lengths and the extension, so that what
   * every lookup needs is read at once.
   */
  static long head(long item) {
    return getLong(item);
  }

  static int options(long head) {
    return (int) head & 0xFF & ~DEAD;
  }

  /** Whether nothing leads to the item. */
  static boolean isDead(long item) {
    return (getByte(item) & DEAD) != 0;
  }

  /**
   * Notes that nothing leads to the item: whoever took its slot away, with the table locked, or
   * whoever wrote it and did not link it.
   */
  static void markDead(long item) {
    putByte(item, getByte(item) | DEAD);
  }

  /** Notes that a slot leads to the item after all, as is found out after a kill. */
  static void markAlive(long item) {
    putByte(item, getByte(item) & ~DEAD);
  }

  /** Reads items that have the same options, which say where everything is. */
  static final class Shape {
    private static final Shape[] ALL = new Shape[0x100];

    static {
      Arrays.setAll(ALL, Shape::new);
    }

    final int options;
    private final int keyLengthMask;
    private final int valueLengthLeft;
    private final int valueLengthRight;
    private final int flagsOffset;
    private final int expiryOffset;

    private final int expiryEnd;

    /** Where the key is if there is no expiry that is far, no byte of more, and no tags. */
    private final int keyOffset;

    private final boolean isExtended;

    private Shape(int options) {
      this.options = options;
      keyLengthMask = hasWideKey(options) ? 0xFFFF : 0xFF;
      valueLengthLeft = Long.SIZE - 8 * lengthsEnd(options);
      valueLengthRight = Long.SIZE - 8 * valueLengthBytes(options);
      flagsOffset = extensionEnd(options);
      expiryOffset = flagsOffset + ((options & FLAGS) != 0 ? 4 : 0);
      expiryEnd = ItemLayout.expiryEnd(options, false);
      keyOffset = (int) ItemLayout.bytes(options, false, 0, 0, 0, 0);
      isExtended = (options & KIND) == EXTENDED;
    }

    static Shape of(int options) {
      return ALL[options];
    }

    int keyBytes(long head) {
      return (int) (head >>> 8) & keyLengthMask;
    }

    int valueBytes(long head) {
      return (int) (head << valueLengthLeft >>> valueLengthRight);
    }

    int kind(long head) {
      return extension(head) & KIND;
    }

    int marks(long item, long head) {
      return isExtended ? (attributes(item, extension(head)) & MARKS) >>> MARKS_SHIFT : 0;
    }

    int database(long head) {
      if (!isExtended) {
        return 0;
      }
      int extension = extension(head);
      return (extension & OTHER_DATABASE) == 0 ? 0 : (extension & DATABASE) >>> DATABASE_SHIFT;
    }

    int tagCount(long item, long head) {
      if (!isExtended) {
        return 0;
      }
      int extension = extension(head);
      return (attributes(item, extension) & TAGGED) == 0
          ? 0
          : getByte(tagsAt(item, extension)) & TAG_COUNT;
    }

    /** Only for an item that has so many tags. */
    int tag(long item, long head, int index) {
      return getInt(tagsAt(item, extension(head)) + 1 + (long) index * TAG_BYTES);
    }

    private int extension(long head) {
      return isExtended ? (int) (head >>> (8 * lengthsEnd(options))) & 0xFF : options & KIND;
    }

    /** What the byte of more says, or the extension itself if there is none. */
    private int attributes(long item, int extension) {
      return (extension & OTHER_DATABASE) == 0
          ? extension
          : (extension & MORE) == 0 ? 0 : getByte(item + expiryEnd + farBytes(item));
    }

    private long tagsAt(long item, int extension) {
      return item + expiryEnd + farBytes(item) + ((extension & MORE) == 0 ? 0 : 1);
    }

    /** How much longer an expiry is that is far. */
    private int farBytes(long item) {
      return expires() && getInt(item + expiryOffset) == FAR ? FAR_BYTES - NEAR_BYTES : 0;
    }

    /** What there is between the expiry and the version. */
    private int extraBytes(long item, long head) {
      int tags = tagCount(item, head);
      return ((extension(head) & MORE) == 0 ? 0 : 1) + (tags == 0 ? 0 : 1 + tags * TAG_BYTES);
    }

    int flags(long item) {
      return (options & FLAGS) == 0 ? 0 : getInt(item + flagsOffset);
    }

    boolean expires() {
      return (options & EXPIRY) != 0;
    }

    long expiresAtMillis(long item, long expiryBaseMillis) {
      if (!expires()) {
        return Item.NEVER;
      }
      int distance = getInt(item + expiryOffset);
      return distance == FAR
          ? getLong(item + expiryOffset + NEAR_BYTES)
          : expiryBaseMillis + Integer.toUnsignedLong(distance);
    }

    boolean hasVersion() {
      return (options & VERSION) != 0;
    }

    /** Only for an item that {@link #hasVersion}. */
    static long version(long keyAddress) {
      return getLong(keyAddress - VERSION_BYTES);
    }

    long keyAt(long item, long head) {
      return item + keyOffset + farBytes(item) + (isExtended ? extraBytes(item, head) : 0);
    }
  }

  private static boolean hasWideKey(int options) {
    return lengths(options) == WIDE_KEY;
  }

  private static int lengths(int options) {
    return (options >>> LENGTHS_SHIFT) & 3;
  }

  private static int valueLengthBytes(int options) {
    return (VALUE_LENGTH_BYTES >>> (4 * lengths(options))) & 0xF;
  }

  private static int lengthsEnd(int options) {
    return (LENGTHS_ENDS >>> (4 * lengths(options))) & 0xF;
  }

  private static int extensionEnd(int options) {
    return lengthsEnd(options) + ((options & KIND) == EXTENDED ? 1 : 0);
  }

  private static int expiryEnd(int options, boolean far) {
    return extensionEnd(options)
        + ((options & FLAGS) != 0 ? 4 : 0)
        + ((options & EXPIRY) == 0 ? 0 : far ? FAR_BYTES : NEAR_BYTES);
  }
}
