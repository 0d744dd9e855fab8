package io.speicher.store.segment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The segments that the memory is cut into, and what is known of each: which life it is in, how far
 * it is filled, and how many of its bytes are alive.
 *
 * <p>A segment is free, or holds pages of the index, or items. Items longer than a segment lie in a
 * run: several segments in a row, of which only the first is spoken of. Who gives segments out and
 * takes them back is {@link Room}; all that is said here of its lock is guarded by it.
 */
final class Segments {

  /*
   * What a reader needs lies in `lives`, two numbers for each segment side by side: the sequence
   * number of its present life, and the expiry base. A sequence number is never given twice and is
   * zero between two lives, so a reader that finds the same number before and after has read bytes
   * of one life, in which each byte is written once.
   *
   * What writers of a segment fight for is one word:
   *
   *    63       62..40          39..24     23..0
   *   | sealed | life (23 bits) | writers | write offset |
   *
   * A writer that reserves bytes moves the offset on and counts itself in one compare-and-set, and
   * counts itself out when its item is linked or given up. The low bits of the sequence number make
   * the compare-and-set fail for a writer that has slept through the end of the life that it had in
   * mind. A sealed segment whose writers are gone does not change any more, but for dying items.
   */
  static final int NO_SEGMENT = -1;

  /** A segment begins with its sequence number and its expiry base, so that it describes itself. */
  static final int HEADER_BYTES = 16;

  /** What a segment is when no item begins in it; others are in a {@link Room}'s class of items. */
  static final int FREE = -1;

  static final int INDEX = -2;
  static final int RUN_TAIL = -3;

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int LINE_LONGS = 8;

  private static final long SEALED = 1L << 63;
  private static final int LIFE_SHIFT = 40;
  private static final long LIFE_MASK = (1L << 23) - 1;
  private static final long ONE_WRITER = 1L << 24;
  private static final long WRITERS_MASK = 0xFFFF * ONE_WRITER;
  private static final long OFFSET_MASK = ONE_WRITER - 1;

  /** What is alive is counted in one word: items in the upper half, their bytes in the lower. */
  private static final long ONE_ITEM = 1L << 32;

  /** What is kept on the heap for each segment, counted against the budget. */
  static final int BOOKKEEPING_BYTES = 8 * 2 + 64 + 8 + 4 + 4;

  private final long address;
  private final int segmentShift;
  private final int count;
  private final long[] lives;

  /**
   * For each segment a line of the processor's cache, since writers of different segments would
   * otherwise fight for one: what is filled and written to, and what of it is alive.
   */
  private final long[] counters;

  /** Of all bytes ever written to this life, dead items included; only where checks are on. */
  private final long[] checksums;

  // Guarded by the lock of Room.

  /** When it was opened, by the clock of the eviction policy. */
  private final long[] stamps;

  /** A class of items, or FREE, INDEX or RUN_TAIL. */
  private final int[] classes;

  /** How many segments the item takes that lies here; 1 for a segment of many items. */
  private final int[] runLengths;

  private long lastSequence;

  /** Cuts the memory at {@code address} into {@code count} segments. */
  Segments(long address, int count, int segmentBytes) {
    this.address = address;
    this.count = count;
    segmentShift = Integer.numberOfTrailingZeros(segmentBytes);
    lives = new long[2 * count];
    counters = new long[count * LINE_LONGS];
    checksums = new long[SegmentStore.CHECKED ? count : 0];
    stamps = new long[count];
    classes = new int[count];
    runLengths = new int[count];
    for (int segment = 0; segment < count; segment++) {
      counters[fill(segment)] = SEALED;
    }
    Arrays.fill(classes, FREE);
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

  long address(long location) {
    return NativeMemory.bounded(address + location);
  }

  /** How many segments in a row an item of that many bytes needs. */
  int segmentsFor(long itemBytes) {
    return (int) ((itemBytes + HEADER_BYTES + segmentBytes() - 1) >>> segmentShift);
  }

  /** The version of an item that was first stored at this location. */
  long version(long sequence, long location) {
    return (sequence << segmentShift) | (location & ((1L << segmentShift) - 1));
  }

  private static int fill(int segment) {
    return segment * LINE_LONGS;
  }

  private static int live(int segment) {
    return segment * LINE_LONGS + 1;
  }

  // ---- lives ----

  long sequenceAcquire(int segment) {
    return (long) LONGS.getAcquire(lives, 2 * segment);
  }

  long expiryBaseMillis(int segment) {
    return lives[2 * segment + 1];
  }

  /** Begins a life for items, open to writers. The lock of Room is held. */
  void begin(int segment, int itemClass, int runLength, long expiryBaseMillis, long stamp) {
    lives[2 * segment + 1] = expiryBaseMillis;
    counters[live(segment)] = 0;
    if (SegmentStore.CHECKED) {
      checksums[segment] = 0;
    }
    long sequence = ++lastSequence;
    Arrays.fill(classes, segment, segment + runLength, RUN_TAIL);
    classes[segment] = itemClass;
    Arrays.fill(runLengths, segment, segment + runLength, runLength);
    stamps[segment] = stamp;
    LONGS.setRelease(lives, 2 * segment, sequence);
    // Whoever sees a byte that is written from now on sees that the last life is over.
    VarHandle.fullFence();
    NativeMemory.putLong(address(startOf(segment)), sequence);
    NativeMemory.putLong(address(startOf(segment)) + 8, expiryBaseMillis);
    LONGS.setVolatile(
        counters, fill(segment), ((sequence & LIFE_MASK) << LIFE_SHIFT) | HEADER_BYTES);
  }

  /** Ends a life: all of its items are unlinked. The lock of Room is held. */
  void end(int segment) {
    LONGS.setRelease(lives, 2 * segment, 0L);
    Arrays.fill(classes, segment, segment + runLengths[segment], FREE);
    VarHandle.fullFence();
  }

  long lastSequence() {
    return lastSequence;
  }

  // ---- filling ----

  /**
   * Reserves bytes in a segment of that life and counts the caller as a writer.
   *
   * @return the location, or -1 if there is no room or this life is over
   */
  long reserve(int segment, long sequence, int bytes) {
    while (true) {
      long fill = (long) LONGS.getVolatile(counters, fill(segment));
      long offset = fill & OFFSET_MASK;
      boolean open =
          fill >= 0
              && (fill >>> LIFE_SHIFT & LIFE_MASK) == (sequence & LIFE_MASK)
              && (fill & WRITERS_MASK) != WRITERS_MASK;
      if (!open || offset + bytes > segmentBytes()) {
        return -1;
      }
      if (LONGS.compareAndSet(counters, fill(segment), fill, fill + ONE_WRITER + bytes)) {
        return startOf(segment) + offset;
      }
    }
  }

  /** Reserves a segment or run, which has just begun, for one item, and returns its location. */
  long reserveRun(int first, long itemBytes) {
    // The offset cannot say how long a long run is filled. Its first item is all there is.
    long bytes = runLengths[first] > 1 ? 1 : itemBytes;
    long fill = (long) LONGS.getVolatile(counters, fill(first));
    LONGS.setVolatile(counters, fill(first), (fill + ONE_WRITER + bytes) | SEALED);
    return startOf(first) + HEADER_BYTES;
  }

  /** Counts a writer out. */
  void done(int segment) {
    LONGS.getAndAdd(counters, fill(segment), -ONE_WRITER);
  }

  /** Lets nobody reserve here any more, and returns whether all writers are gone. */
  boolean seal(int segment) {
    long fill = (long) LONGS.getAndBitwiseOr(counters, fill(segment), SEALED);
    return (fill & WRITERS_MASK) == 0;
  }

  /** How many bytes have been reserved. */
  int writeOffset(int segment) {
    return (int) ((long) LONGS.getVolatile(counters, fill(segment)) & OFFSET_MASK);
  }

  boolean hasWriters(int segment) {
    return ((long) LONGS.getVolatile(counters, fill(segment)) & WRITERS_MASK) != 0;
  }

  int liveBytes(int segment) {
    return (int) (long) LONGS.getVolatile(counters, live(segment));
  }

  int liveItems(int segment) {
    long live = (long) LONGS.getVolatile(counters, live(segment));
    return (int) ((live - (int) live) / ONE_ITEM);
  }

  /** Counts an item that is linked now, or that is not any more if its bytes are negative. */
  void addLiveBytes(int segment, int bytes) {
    LONGS.getAndAdd(counters, live(segment), (bytes < 0 ? -ONE_ITEM : ONE_ITEM) + bytes);
  }

  /** Where checks are on: remembers what was written, in whatever order it comes. */
  void addChecksum(int segment, long item, int itemBytes) {
    LONGS.getAndAdd(checksums, segment, checksumOf(item, itemBytes));
  }

  /** Of all that stays as it was written. */
  static long checksumOf(long item, int itemBytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(ItemLayout.options(ItemLayout.head(item)));
    checksum.update(NativeMemory.view(item + 1, itemBytes - 1));
    return checksum.getValue();
  }

  long checksum(int segment) {
    return (long) LONGS.getVolatile(checksums, segment);
  }

  // ---- what Room says of them, under its lock ----

  /** Whether items lie in it, or begin in it if it is a run. */
  boolean isInUse(int segment) {
    return classes[segment] >= 0;
  }

  int itemClass(int segment) {
    return classes[segment];
  }

  void setClass(int segment, int itemClass) {
    classes[segment] = itemClass;
  }

  int runLength(int segment) {
    return runLengths[segment];
  }

  long stamp(int segment) {
    return stamps[segment];
  }

  void setStamp(int segment, long stamp) {
    stamps[segment] = stamp;
  }

  /** Whether a segment was opened before another one. */
  boolean isOlder(int segment, int other) {
    return stamps[segment] != stamps[other]
        ? stamps[segment] < stamps[other]
        : sequenceAcquire(segment) < sequenceAcquire(other);
  }
}
