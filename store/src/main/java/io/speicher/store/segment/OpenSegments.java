package io.speicher.store.segment;

import static io.speicher.store.segment.Segments.NO_SEGMENT;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Where writers append. For each class of items, and for each stripe of threads where the class is
 * one of items that do not expire, there is a <em>place</em>: it has an open segment, or none.
 *
 * <p>Expiring items, of which there are many classes, have one place for all threads: with one for
 * each stripe, segments that are half empty could take a tenth of the memory.
 *
 * <p>What is merged has a place of its own, where a store is large enough for one more: items that
 * have been there for a while are more likely to stay than those that were stored just now, and a
 * segment of both would have to be merged again. Of a million keys, a tenth of which took nine
 * tenths of the puts, 1.54 items were moved for each put instead of 1.95.
 *
 * <p>Any thread reserves bytes; what is open where changes under the lock of {@link SegmentPool}.
 */
final class OpenSegments {
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  private final Segments segments;
  private final int stripes;

  /** The stripe of what is merged: one of its own, or the first. */
  private final int mergedStripe;

  /** By place. Read by any thread with acquire, written with release under the lock. */
  private final int[] open;

  /**
   * @param stripes of threads
   * @param mergesApart whether what is merged has a stripe of its own
   */
  OpenSegments(Segments segments, int stripes, boolean mergesApart) {
    this.segments = segments;
    this.stripes = stripes;
    mergedStripe = mergesApart ? stripes : 0;
    open = new int[Math.max(stripes, mergedStripe + 1) * ItemClass.COUNT];
    Arrays.fill(open, NO_SEGMENT);
  }

  /**
   * Where a segment of a class is open.
   *
   * @param writer a number of the thread; those that follow each other append to different
   *     segments, as far as there are any
   */
  int place(int itemClass, int writer) {
    return placeOfStripe(itemClass, writer % stripes);
  }

  /** Where a segment of a class is open for items that are merged. */
  int placeOfMerged(int itemClass) {
    return placeOfStripe(itemClass, mergedStripe);
  }

  private static int placeOfStripe(int itemClass, int stripe) {
    return ItemClass.window(itemClass) == TtlWindows.NONE
        ? stripe * ItemClass.COUNT + itemClass
        : itemClass;
  }

  static int itemClass(int place) {
    return place % ItemClass.COUNT;
  }

  int segmentAcquire(int place) {
    return (int) INTS.getAcquire(open, place);
  }

  /** Under the lock. */
  void setSegmentRelease(int place, int segment) {
    INTS.setRelease(open, place, segment);
  }

  /** Finds a place for a segment that was open before the process began; false if there is none. */
  boolean reopen(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += ItemClass.COUNT) {
      boolean isPlace =
          place == placeOfStripe(segments.itemClass(segment), place / ItemClass.COUNT);
      if (isPlace && segmentAcquire(place) == NO_SEGMENT) {
        setSegmentRelease(place, segment);
        return true;
      }
    }
    return false;
  }

  /** Whether a segment is open at one of the places of its class. Under the lock. */
  boolean isOpen(int segment) {
    return placeOf(segment) >= 0;
  }

  /** Gives up the place of a segment, if it has one. Under the lock. */
  void close(int segment) {
    int place = placeOf(segment);
    if (place >= 0) {
      setSegmentRelease(place, NO_SEGMENT);
    }
  }

  /** The segments that have room left, those first that have most. Under the lock. */
  IntStream segments() {
    return Arrays.stream(open)
        .filter(segment -> segment != NO_SEGMENT)
        .boxed()
        .sorted(Comparator.comparingInt(segments::writeOffset))
        .mapToInt(segment -> segment);
  }

  private int placeOf(int segment) {
    for (int place = segments.itemClass(segment); place < open.length; place += ItemClass.COUNT) {
      if (segmentAcquire(place) == segment) {
        return place;
      }
    }
    return -1;
  }

  /** Reserves bytes in the segment of a place, or returns less than 0 if it has no room. */
  long reserve(int segment, int place, int bytes, long expiresAtMillis) {
    if (segment == NO_SEGMENT) {
      return -1;
    }
    long sequence = segments.sequenceAcquire(segment);
    // The second look at what is open here: in between, the segment was in that life.
    return isUsable(segment, sequence, place, expiresAtMillis)
        ? segments.reserve(segment, sequence, bytes)
        : -1;
  }

  /** Writes an item where bytes were reserved for it. What cannot be written is dead. */
  void write(Draft draft, long location) {
    long item = segments.address(location);
    boolean written = false;
    try {
      draft.write(item, segments.expiryBaseMillis(segments.of(location)));
      written = true;
    } finally {
      if (!written) {
        ItemLayout.markDead(item);
      }
      segments.written(location, (int) draft.bytes());
    }
  }

  /** Copies an item, byte by byte, to where bytes were reserved for it. */
  void copy(long item, long location, int bytes) {
    NativeMemory.copy(item, segments.address(location), bytes);
    segments.written(location, bytes);
  }

  /** Whether a segment is open for such items, be there room or not. */
  private boolean isUsable(int segment, long sequence, int place, long expiresAtMillis) {
    return segmentAcquire(place) == segment
        && !segments.isCleared(sequence)
        && (TtlWindows.isFar(ItemClass.window(itemClass(place)))
            || ItemLayout.isNear(expiresAtMillis, segments.expiryBaseMillis(segment)));
  }

  /**
   * Whether a segment of its own wastes less than to give up what is left of an open one, if it is
   * only for want of room that the item does not go there.
   */
  boolean wastesLessAlone(int segment, int place, int bytes, long expiresAtMillis) {
    int left = segments.segmentBytes() - segments.writeOffset(segment);
    return segments.capacityBytes() - bytes < left
        && isUsable(segment, segments.sequenceAcquire(segment), place, expiresAtMillis);
  }

  /**
   * For each open segment that has room left, the version of an item that would be reserved next.
   * Under the lock.
   */
  long[] nextVersions() {
    long[] versions = new long[open.length];
    int count = 0;
    for (int place = 0; place < open.length; place++) {
      int segment = segmentAcquire(place);
      int offset = segment == NO_SEGMENT ? segments.segmentBytes() : segments.writeOffset(segment);
      if (offset < segments.segmentBytes()) { // What is full to the last byte has no next item.
        versions[count++] =
            segments.version(segments.sequenceAcquire(segment), segments.startOf(segment) + offset);
      }
    }
    return Arrays.copyOf(versions, count);
  }

  /** What is still to be filled of the segments of a queue whose items do not expire. */
  long unfilledBytes(int queue) {
    long bytes = 0;
    int itemClass = ItemClass.of(queue, TtlWindows.NONE);
    for (int place = itemClass; place < open.length; place += ItemClass.COUNT) {
      int segment = segmentAcquire(place);
      if (segment != NO_SEGMENT) {
        bytes += segments.segmentBytes() - segments.writeOffset(segment);
      }
    }
    return bytes;
  }
}
