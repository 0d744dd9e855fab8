package io.speicher.store.segment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.zip.CRC32C;

/**
 * The segments that the memory is cut into, and what is known of each: which life it is in, how far
 * it is filled, and how many of its bytes are alive.
 *
 * <p>A segment is free, or holds pages of the index, or items. Items longer than a segment lie in a
 * run: several segments in a row, of which only the first is spoken of. Who gives segments out and
 * takes them back is {@link SegmentPool}; all that is said here of its lock is guarded by it.
 *
 * <pre>
 *  life, 16 bytes:      account, 64 bytes:
 *   0            8       0       8         16       24       28
 *  | sequence 8 | base 8 | | fill 8 | alive 8 | stamp 8 | class 4 | run length 4 | zero |
 * </pre>
 */
final class Segments {

  /*
   * What a reader needs lies in the lives, two numbers for each segment side by side: the sequence
   * number of its present life, and the expiry base. A sequence number is never given twice and is
   * zero between two lives, so a reader that finds the same number before and after has read bytes
   * of one life, in which each byte is written once.
   *
   * What writers of a segment fight for is one word of its account:
   *
   *    63       62..40          39..24     23..0
   *   | sealed | life (23 bits) | writers | write offset |
   *
   * A writer that reserves bytes moves the offset on and counts itself in one compare-and-set, and
   * counts itself out when its item is linked or given up. The low bits of the sequence number make
   * the compare-and-set fail for a writer that has slept through the end of the life that it had in
   * mind. A sealed segment whose writers are gone does not change any more, but for dying items.
   *
   * An account is a line of the processor's cache, since writers of different segments would
   * otherwise fight for one. Lives and accounts repeat what the segment's own header says (see
   * SegmentLayout for the reason), and are written after it.
   */
  static final int NO_SEGMENT = -1;

  /** What a segment is when no item begins in it; others are in an {@link ItemClass}. */
  static final int FREE = -1;

  static final int INDEX = -2;
  static final int RUN_TAIL = -3;

  /** Whether bookkeeping is done that only a verifier needs: where assertions are on. */
  static final boolean CHECKED = Segments.class.desiredAssertionStatus();

  private static final int EXPIRY_BASE = 8;

  private static final int FILL = 0;
  private static final int ALIVE = 8;
  private static final int STAMP = 16;
  private static final int CLASS = 24;
  private static final int RUN_LENGTH = 28;

  private static final long SEALED = 1L << 63;
  private static final int LIFE_SHIFT = 40;
  private static final long LIFE_MASK = (1L << 23) - 1;
  private static final long ONE_WRITER = 1L << 24;
  private static final long WRITERS_MASK = 0xFFFF * ONE_WRITER;
  private static final long OFFSET_MASK = ONE_WRITER - 1;

  /** What is alive is counted in one word: items in the upper half, their bytes in the lower. */
  private static final long ONE_ITEM = 1L << 32;

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long root;
  private final long lives;
  private final long accounts;
  private final long address;
  private final int segmentShift;
  private final int count;

  /** How many bytes lie before each item, for its checksum: 4, or 0 in memory that is no file. */
  private final int prefixBytes;

  private final ItemChecksum itemChecksum;

  /** The {@link ItemChecksum} mark of items that lose their slots now. */
  private volatile int lostMark = ItemChecksum.markOf(1);

  /** Of all bytes ever written to a life, dead items included; only where checks are on. */
  private final long[] checksums;

  private Segments(StoreLayout layout, long root, boolean checked) {
    this.root = root;
    lives = root + layout.livesOffset();
    accounts = root + layout.accountsOffset();
    address = root + layout.headBytes();
    count = layout.segmentCount();
    segmentShift = Integer.numberOfTrailingZeros(layout.segmentBytes());
    prefixBytes = layout.checksumBytes();
    itemChecksum = new ItemChecksum(root);
    checksums = new long[checked ? count : 0];
  }

  /**
   * Makes all segments free.
   *
   * @param root the address of the memory of the layout, all zero but for its root page
   */
  static Segments create(StoreLayout layout, long root) {
    Segments segments = new Segments(layout, root, CHECKED);
    for (int segment = 0; segment < segments.count; segment++) {
      NativeMemory.putLong(segments.account(segment) + FILL, SEALED);
      NativeMemory.putInt(segments.account(segment) + CLASS, FREE);
    }
    return segments;
  }

  /** Takes the segments as they are, to go on with them once they are repaired. */
  static Segments resume(StoreLayout layout, long root) {
    return new Segments(layout, root, CHECKED);
  }

  /** Takes the segments as they are in the memory of a store, to look at them. */
  static Segments attach(StoreLayout layout, long root) {
    return new Segments(layout, root, false);
  }

  int count() {
    return count;
  }

  int segmentBytes() {
    return 1 << segmentShift;
  }

  /** The segment that a location lies in; a location is an offset from the first segment. */
  int of(long location) {
    return (int) (location >>> segmentShift);
  }

  long startOf(int segment) {
    return (long) segment << segmentShift;
  }

  /** Where the first item of a segment lies. */
  long firstItemOf(int segment) {
    return startOf(segment) + SegmentLayout.HEADER_BYTES + prefixBytes;
  }

  /** Where the next item lies after one at this location that is so long. */
  long behind(long location, int itemBytes) {
    return location + Integer.toUnsignedLong(itemBytes) + prefixBytes;
  }

  /** How many bytes lie before each item, for its {@link ItemChecksum}. */
  int prefixBytes() {
    return prefixBytes;
  }

  long address(long location) {
    return NativeMemory.bounded(address + location);
  }

  /** How long an item can be that shares its segment with others. */
  int capacityBytes() {
    return segmentBytes() - SegmentLayout.HEADER_BYTES - prefixBytes;
  }

  /** How many segments in a row an item of that many bytes needs. */
  int segmentsFor(long itemBytes) {
    long bytes = SegmentLayout.HEADER_BYTES + prefixBytes + itemBytes;
    return (int) ((bytes + segmentBytes() - 1) >>> segmentShift);
  }

  /** The version of an item that was first stored at this location. */
  long version(long sequence, long location) {
    return (sequence << segmentShift) | (location & ((1L << segmentShift) - 1));
  }

  /** Whether two versions are of items in the same life of a segment. */
  boolean isSameLife(long version, long other) {
    return version >>> segmentShift == other >>> segmentShift;
  }

  private long life(int segment) {
    return NativeMemory.bounded(lives + (long) segment * StoreLayout.LIFE_BYTES);
  }

  private long account(int segment) {
    return NativeMemory.bounded(accounts + (long) segment * StoreLayout.ACCOUNT_BYTES);
  }

  private long header(int segment) {
    return address(startOf(segment));
  }

  private long secret() {
    return RootLayout.secret(root, 0);
  }

  // ---- lives ----

  long sequenceAcquire(int segment) {
    return NativeMemory.getLongAcquire(life(segment));
  }

  long expiryBaseMillis(int segment) {
    return NativeMemory.getLong(life(segment) + EXPIRY_BASE);
  }

  /** Begins a life for items, open to writers. The lock of the pool is held. */
  void begin(int segment, int itemClass, int runLength, long expiryBaseMillis, long stamp) {
    assert fillAcquire(segment) < 0 : "open: segment=" + segment;
    NativeMemory.putLong(life(segment) + EXPIRY_BASE, expiryBaseMillis);
    NativeMemory.putLong(account(segment) + ALIVE, 0);
    if (CHECKED) {
      checksums[segment] = 0;
    }
    long sequence = lastSequence() + 1;
    RootLayout.setLastSequence(root, sequence);
    for (int tail = segment; tail < segment + runLength; tail++) {
      NativeMemory.putInt(account(tail) + CLASS, tail == segment ? itemClass : RUN_TAIL);
      NativeMemory.putInt(account(tail) + RUN_LENGTH, runLength);
    }
    NativeMemory.putLong(account(segment) + STAMP, stamp);
    NativeMemory.putLongRelease(life(segment), sequence);
    assert KillPoint.BEGINNING.reached();
    // Whoever sees a byte that is written from now on sees that the last life is over.
    VarHandle.fullFence();
    SegmentLayout.writeOpen(
        header(segment), sequence, itemClass, runLength, expiryBaseMillis, stamp, secret());
    NativeMemory.putLongRelease(
        account(segment) + FILL,
        ((sequence & LIFE_MASK) << LIFE_SHIFT) | SegmentLayout.HEADER_BYTES);
    VarHandle.fullFence();
  }

  /**
   * Ends a life: all of its items are unlinked. Its header stays until {@link #erase}. The lock of
   * the pool is held.
   */
  void end(int segment) {
    assert fillAcquire(segment) < 0 && !hasWriters(segment) : "in use: segment=" + segment;
    NativeMemory.putLongRelease(life(segment), 0L);
    assert KillPoint.ENDING.reached();
    int end = segment + runLength(segment);
    for (int tail = segment; tail < end; tail++) {
      NativeMemory.putInt(account(tail) + CLASS, FREE);
    }
    VarHandle.fullFence();
  }

  /** Says on the disk, too, that a segment that is not in use has no items. */
  void erase(int segment) {
    SegmentLayout.erase(header(segment));
  }

  /**
   * How many segments had a life that has ended, of which the header is still there; 0 if there is
   * no such header.
   */
  int endedRunLength(int segment) {
    return SegmentLayout.isSound(header(segment), secret())
        ? SegmentLayout.runLength(header(segment))
        : 0;
  }

  /** Gives a free segment to the index. The lock of the pool is held. */
  void becomeIndex(int segment) {
    assert itemClass(segment) == FREE : "class=" + itemClass(segment);
    NativeMemory.putInt(account(segment) + CLASS, INDEX);
  }

  /** Whether what lies in a life with this sequence number was cleared. */
  boolean isCleared(long sequence) {
    return sequence <= RootLayout.clearedThroughAcquire(root);
  }

  /** Whether nothing in a segment can be found any more. */
  boolean isDead(int segment) {
    return liveBytes(segment) == 0 || isCleared(sequenceAcquire(segment));
  }

  /**
   * Whether nothing is alive in a segment that is not open, and nobody is about to link what he has
   * written there.
   */
  boolean staysDead(int segment) {
    return !hasWriters(segment) && isDead(segment); // In this order: who is done has linked.
  }

  /** Whether nobody can reserve bytes there any more. */
  boolean isSealed(int segment) {
    return fillAcquire(segment) < 0;
  }

  /** Clears what lies in all lives up to now. The lock of the pool is held. */
  void clear() {
    RootLayout.setClearedThroughRelease(root, lastSequence());
  }

  long lastSequence() {
    return RootLayout.lastSequence(root);
  }

  // ---- filling ----

  private long fillAcquire(int segment) {
    return NativeMemory.getLongAcquire(account(segment) + FILL);
  }

  /**
   * Reserves bytes for an item in a segment of that life and counts the caller as a writer.
   *
   * @return the location, or -1 if there is no room or this life is over
   */
  long reserve(int segment, long sequence, int bytes) {
    long word = account(segment) + FILL;
    while (true) {
      long fill = NativeMemory.getLongAcquire(word);
      long offset = fill & OFFSET_MASK;
      boolean open =
          fill >= 0
              && (fill >>> LIFE_SHIFT & LIFE_MASK) == (sequence & LIFE_MASK)
              && (fill & WRITERS_MASK) != WRITERS_MASK;
      long reserved = prefixBytes + (long) bytes;
      if (!open || offset + reserved > segmentBytes()) {
        return -1;
      }
      if (NativeMemory.compareAndSetLong(word, fill, fill + ONE_WRITER + reserved)) {
        return startOf(segment) + offset + prefixBytes;
      }
    }
  }

  /** Reserves a segment or run, which has just begun, for one item, and returns its location. */
  long reserveRun(int first, long itemBytes) {
    // The offset cannot say how long a long run is filled. Its first item is all there is.
    long bytes = prefixBytes + (runLength(first) > 1 ? 1 : itemBytes);
    NativeMemory.getAndAddLong(account(first) + FILL, SEALED + ONE_WRITER + bytes);
    SegmentLayout.seal(header(first), SegmentLayout.HEADER_BYTES + prefixBytes + itemBytes);
    return firstItemOf(first);
  }

  /** Counts a writer out, whose item is linked now, or marked dead. */
  void done(int segment) {
    NativeMemory.getAndAddLong(account(segment) + FILL, -ONE_WRITER);
  }

  /**
   * Lets nobody reserve here any more, and returns whether all writers are gone. The lock of the
   * pool is held.
   */
  boolean seal(int segment) {
    long fill = NativeMemory.getAndBitwiseOrLong(account(segment) + FILL, SEALED);
    if (fill >= 0) {
      assert KillPoint.SEALING.reached();
      SegmentLayout.seal(header(segment), fill & OFFSET_MASK);
    }
    return (fill & WRITERS_MASK) == 0;
  }

  /**
   * How many bytes have been reserved, the header included; of the item of a run, no more than one.
   */
  int writeOffset(int segment) {
    return (int) (fillAcquire(segment) & OFFSET_MASK);
  }

  /** As {@link #writeOffset}, or -1 while somebody writes what has been reserved. */
  int writtenOffset(int segment) {
    long fill = fillAcquire(segment);
    return (fill & WRITERS_MASK) == 0 ? (int) (fill & OFFSET_MASK) : -1;
  }

  boolean hasWriters(int segment) {
    return (fillAcquire(segment) & WRITERS_MASK) != 0;
  }

  int liveBytes(int segment) {
    return (int) NativeMemory.getLongAcquire(account(segment) + ALIVE);
  }

  int liveItems(int segment) {
    long alive = NativeMemory.getLongAcquire(account(segment) + ALIVE);
    return (int) ((alive - (int) alive) / ONE_ITEM);
  }

  /** Counts an item that is linked now, or that is not any more if its bytes are negative. */
  void addLiveBytes(int segment, int bytes) {
    changeLive(segment, liveChange(bytes));
  }

  /** Counts the sum of some {@link #liveChange}s. */
  void changeLive(int segment, long change) {
    NativeMemory.getAndAddLong(account(segment) + ALIVE, change);
  }

  /** What changes if an item is linked, or unlinked if its bytes are negative. */
  long liveChange(int bytes) {
    return (bytes < 0 ? -ONE_ITEM - prefixBytes : ONE_ITEM + prefixBytes) + bytes;
  }

  // ---- items, and what is said of them for when all else is lost ----

  /** An item was written, or what there will ever be of it. Nothing leads to it yet. */
  void written(long location, int itemBytes) {
    if (prefixBytes != 0) {
      long item = address(location);
      int sum = itemChecksum.sum(item, itemBytes, sequenceAcquire(of(location)));
      ItemChecksum.write(item, sum, ItemChecksum.UNLINKED);
    }
    addChecksum(location, itemBytes);
  }

  /** A slot leads to an item from now on. Its table is locked. */
  void linked(long location) {
    if (prefixBytes != 0) {
      ItemChecksum.change(address(location), ItemChecksum.UNLINKED, 0);
    }
  }

  /** The slot of an item leads elsewhere, or is about to. Its table is locked. */
  void markDead(long item) {
    ItemLayout.markDead(item);
    if (prefixBytes != 0) {
      ItemChecksum.change(item, 0, lostMark);
    }
  }

  /** What loses its slot from now on, loses it in that epoch. */
  void setEpoch(long epoch) {
    lostMark = ItemChecksum.markOf(epoch);
  }

  long epoch() {
    return ItemChecksum.epochOf(lostMark);
  }

  // ---- after the process was killed, by one thread ----

  /** Notes anew of an item whether a slot leads to it. */
  void repairItem(StoredItem item, boolean isLinked) {
    if (isLinked) {
      ItemLayout.markAlive(item.address());
    } else {
      ItemLayout.markDead(item.address());
    }
    repairMark(item, isLinked ? 0 : lostMark);
  }

  /** Writes a filler from one location, where an item may begin, to the next. */
  void fill(int segment, long from, long to) {
    ItemLayout.writeFiller(address(from), (int) (to - from) - prefixBytes);
    StoredItem filler = new StoredItem();
    filler.at(address(from), expiryBaseMillis(segment));
    repairMark(filler, ItemChecksum.UNLINKED);
  }

  /** Gives an item another mark, whatever it had. */
  void repairMark(StoredItem item, int mark) {
    if (prefixBytes != 0) {
      long sequence = sequenceAcquire(of(item.address() - address));
      ItemChecksum.write(item.address(), itemChecksum.sum(item, sequence), mark);
    }
  }

  /** The mark of an item, 0 in memory that is no file. */
  int mark(StoredItem item) {
    long sequence = sequenceAcquire(of(item.address() - address));
    return prefixBytes == 0
        ? 0
        : ItemChecksum.mark(item.address(), itemChecksum.sum(item, sequence));
  }

  /**
   * Whether the life of a segment that is in use has begun to its end, and has not begun to end.
   *
   * @param end the first segment that holds no items
   */
  boolean isAlive(int segment, int end) {
    long sequence = sequenceAcquire(segment);
    long fill = fillAcquire(segment);
    int runLength = runLength(segment);
    boolean isWhole =
        sequence > 0
            && sequence <= lastSequence()
            && (fill >>> LIFE_SHIFT & LIFE_MASK) == (sequence & LIFE_MASK)
            && (fill & OFFSET_MASK) >= SegmentLayout.HEADER_BYTES
            && itemClass(segment) < ItemClass.COUNT
            && runLength > 0
            && runLength <= end - segment;
    for (int tail = segment + 1; isWhole && tail < segment + runLength; tail++) {
      isWhole = itemClass(tail) == RUN_TAIL;
    }
    return isWhole;
  }

  /** Makes a segment free, or a page of the index, whatever it was. */
  void reset(int segment, boolean isIndex) {
    NativeMemory.putLong(life(segment), 0);
    NativeMemory.putLong(account(segment) + FILL, SEALED);
    NativeMemory.putLong(account(segment) + ALIVE, 0);
    NativeMemory.putInt(account(segment) + CLASS, isIndex ? INDEX : FREE);
  }

  // ---- after a power loss ----

  /** The sum of an item in a life, whatever mark it has. */
  int sum(StoredItem item, long sequence) {
    return itemChecksum.sum(item, sequence);
  }

  /** Whether a segment of items begins here, by its header alone. */
  boolean hasHeader(int segment) {
    return SegmentLayout.isSound(header(segment), secret());
  }

  /** The sequence number that the header tells. */
  long sequenceOfHeader(int segment) {
    return SegmentLayout.sequence(header(segment));
  }

  /** The run length that the header tells. */
  int runLengthOfHeader(int segment) {
    return SegmentLayout.runLength(header(segment));
  }

  /** Where the items end, by the header; 0 if that does not tell. */
  long writeOffsetOfHeader(int segment) {
    return SegmentLayout.writeOffset(header(segment));
  }

  /** Takes over from the header of a segment, or run, all but how far it is filled. */
  void recover(int segment) {
    long header = header(segment);
    int itemClass = SegmentLayout.itemClass(header);
    boolean isClass = itemClass >= 0 && itemClass < ItemClass.COUNT;
    int runLength = SegmentLayout.runLength(header);
    for (int tail = segment + 1; tail < segment + runLength; tail++) {
      NativeMemory.putInt(account(tail) + CLASS, RUN_TAIL);
      NativeMemory.putInt(account(tail) + RUN_LENGTH, runLength);
    }
    NativeMemory.putLong(life(segment), SegmentLayout.sequence(header));
    NativeMemory.putLong(life(segment) + EXPIRY_BASE, SegmentLayout.expiryBaseMillis(header));
    NativeMemory.putLong(account(segment) + ALIVE, 0);
    NativeMemory.putLong(
        account(segment) + STAMP,
        Math.clamp(SegmentLayout.stamp(header), 0, SegmentLayout.sequence(header)));
    NativeMemory.putInt(account(segment) + CLASS, isClass ? itemClass : 0);
    NativeMemory.putInt(account(segment) + RUN_LENGTH, runLength);
  }

  /** Ends a segment behind its items; nothing is appended in this life any more. */
  void sealRecovered(int segment, int writeOffset) {
    NativeMemory.putLong(
        account(segment) + FILL,
        SEALED | ((sequenceAcquire(segment) & LIFE_MASK) << LIFE_SHIFT) | writeOffset);
    SegmentLayout.setPlace(header(segment), itemClass(segment), stamp(segment));
    if (runLength(segment) == 1) {
      SegmentLayout.seal(header(segment), writeOffset);
    } else {
      SegmentLayout.seal(header(segment), SegmentLayout.writeOffset(header(segment)));
    }
  }

  // ---- the header ----

  /** Writes what the header of a segment should say, if it does not. */
  void repairHeader(int segment) {
    if (isHeaderSound(segment)) {
      return;
    }
    SegmentLayout.writeOpen(
        header(segment),
        sequenceAcquire(segment),
        itemClass(segment),
        runLength(segment),
        expiryBaseMillis(segment),
        stamp(segment),
        secret());
    if (isSealed(segment)) {
      long end = writeOffset(segment);
      if (runLength(segment) > 1) {
        StoredItem item = new StoredItem();
        item.at(address(firstItemOf(segment)), expiryBaseMillis(segment));
        end = behind(SegmentLayout.HEADER_BYTES, item.bytes());
      }
      SegmentLayout.seal(header(segment), end);
    }
  }

  /** Has no writers any more, and what is alive is that. */
  void repairAccount(int segment, int liveItems, int liveBytes) {
    long word = account(segment) + FILL;
    NativeMemory.putLong(word, NativeMemory.getLong(word) & ~WRITERS_MASK);
    NativeMemory.putLong(
        account(segment) + ALIVE, liveItems * (ONE_ITEM + prefixBytes) + liveBytes);
  }

  /** Where checks are on: sums up what was written to a segment before the process began. */
  void resumeChecksum(int segment) {
    if (CHECKED) {
      StoredItem item = new StoredItem();
      long end = startOf(segment) + writeOffset(segment);
      for (long at = firstItemOf(segment); at < end; at = behind(at, item.bytes())) {
        item.at(address(at), expiryBaseMillis(segment));
        addChecksum(at, item.bytes());
      }
    }
  }

  // ---- checks ----

  /** Where checks are on: remembers what was written, in whatever order it comes. */
  private void addChecksum(long location, int itemBytes) {
    if (CHECKED) {
      LONGS.getAndAdd(checksums, of(location), checksumOf(address(location), itemBytes));
    }
  }

  /** Of all that stays as it was written. */
  static long checksumOf(long item, int itemBytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(ItemLayout.options(ItemLayout.head(item)));
    checksum.update(NativeMemory.view(item + 1, itemBytes - 1));
    return checksum.getValue();
  }

  /** Where checks are on: the sum of the checksums of all items that were written to a segment. */
  long checksum(int segment) {
    return (long) LONGS.getVolatile(checksums, segment);
  }

  /** Whether the header of a segment in use is undamaged and says what is known here. */
  boolean isHeaderSound(int segment) {
    long header = header(segment);
    boolean sealed = fillAcquire(segment) < 0;
    return SegmentLayout.isSound(header, secret())
        && SegmentLayout.state(header) == (sealed ? SegmentLayout.SEALED : SegmentLayout.OPEN)
        && SegmentLayout.sequence(header) == sequenceAcquire(segment)
        && SegmentLayout.itemClass(header) == itemClass(segment)
        && SegmentLayout.expiryBaseMillis(header) == expiryBaseMillis(segment)
        && SegmentLayout.stamp(header) == stamp(segment)
        && SegmentLayout.runLength(header) == runLength(segment)
        && (runLength(segment) > 1
            || SegmentLayout.writeOffset(header) == (sealed ? writeOffset(segment) : 0));
  }

  // ---- what the pool says of them, under its lock ----

  /** Whether items lie in it, or begin in it if it is a run. */
  boolean isInUse(int segment) {
    return itemClass(segment) >= 0;
  }

  int itemClass(int segment) {
    return NativeMemory.getInt(account(segment) + CLASS);
  }

  /** Moves a segment to another queue or window, and to another place in the order of its queue. */
  void setPlace(int segment, int itemClass, long stamp) {
    NativeMemory.putInt(account(segment) + CLASS, itemClass);
    NativeMemory.putLong(account(segment) + STAMP, stamp);
    SegmentLayout.setPlace(header(segment), itemClass, stamp);
  }

  /** How many segments the item takes that lies here; 1 for a segment of many items. */
  int runLength(int segment) {
    return NativeMemory.getInt(account(segment) + RUN_LENGTH);
  }

  /** When it was opened, by the clock of the eviction policy. */
  long stamp(int segment) {
    return NativeMemory.getLong(account(segment) + STAMP);
  }

  /** Whether a segment was opened before another one. */
  boolean isOlder(int segment, int other) {
    return stamp(segment) != stamp(other)
        ? stamp(segment) < stamp(other)
        : sequenceAcquire(segment) < sequenceAcquire(other);
  }
}
