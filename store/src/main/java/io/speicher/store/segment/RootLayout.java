package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getLongAcquire;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putLongRelease;

/**
 * The bytes of the root page, with which the memory of a store begins: what has to be known to read
 * all the rest. All knowledge of them is here.
 *
 * <pre>
 *   0         8                16               20               24           28
 *  | magic 8 | format version 4 | segment bytes 4 | segment count 4 | table bits 4 | first index segment 4 |
 *   32                40                   48                56                 64
 *  | hash secrets 4x8 ...                                                      | index generation 8 |
 *   72                80                88              92
 *  | cleared through 8 | last sequence 8 | tag buckets 4 | zero, to 4096 |
 * </pre>
 *
 * <p>Any thread may read. The index generation is written with release by {@link HashIndex#clear};
 * the last three numbers are guarded by the lock of {@link SegmentPool}.
 */
final class RootLayout {
  /** A page of the memory, so that it can be written to a file by itself. */
  static final int ROOT_BYTES = 4 << 10;

  /** "SPEICHER". */
  static final long MAGIC = 0x5245_4843_4945_5053L;

  /** The format that this code writes, and the only one that it reads. */
  static final int FORMAT_VERSION = 1;

  private static final int VERSION = 8;
  private static final int SEGMENT_BYTES = 12;
  private static final int SEGMENT_COUNT = 16;
  private static final int TABLE_BITS = 20;
  private static final int FIRST_INDEX_SEGMENT = 24;
  private static final int SECRETS = 32;
  private static final int GENERATION = 64;
  private static final int CLEARED_THROUGH = 72;
  private static final int LAST_SEQUENCE = 80;
  private static final int TAG_BUCKETS = 88;

  private RootLayout() {}

  /** Writes the page of an empty store. */
  static void write(
      long root,
      int segmentBytes,
      int segmentCount,
      int tableBits,
      int firstIndexSegment,
      int tagBuckets) {
    putInt(root + VERSION, FORMAT_VERSION);
    putInt(root + SEGMENT_BYTES, segmentBytes);
    putInt(root + SEGMENT_COUNT, segmentCount);
    putInt(root + TABLE_BITS, tableBits);
    putInt(root + FIRST_INDEX_SEGMENT, firstIndexSegment);
    putLong(root + GENERATION, 1);
    putInt(root + TAG_BUCKETS, tagBuckets);
    putLong(root, MAGIC);
  }

  static long magic(long root) {
    return getLong(root);
  }

  static int formatVersion(long root) {
    return getInt(root + VERSION);
  }

  static int segmentBytes(long root) {
    return getInt(root + SEGMENT_BYTES);
  }

  static int segmentCount(long root) {
    return getInt(root + SEGMENT_COUNT);
  }

  static int tableBits(long root) {
    return getInt(root + TABLE_BITS);
  }

  /** How many buckets the table of tags has. */
  static int tagBuckets(long root) {
    return getInt(root + TAG_BUCKETS);
  }

  /** From this segment on, to the last one, segments hold pages of the index. */
  static int firstIndexSegment(long root) {
    return getInt(root + FIRST_INDEX_SEGMENT);
  }

  static void setFirstIndexSegment(long root, int segment) {
    putInt(root + FIRST_INDEX_SEGMENT, segment);
  }

  /** One of the numbers that decide how keys are hashed; {@code index} is 0 to 3. */
  static long secret(long root, int index) {
    return getLong(root + SECRETS + 8L * index);
  }

  static void setSecret(long root, int index, long secret) {
    putLong(root + SECRETS + 8L * index, secret);
  }

  /** How often the index was cleared, and one more. */
  static long generationAcquire(long root) {
    return getLongAcquire(root + GENERATION);
  }

  static void setGenerationRelease(long root, long generation) {
    putLongRelease(root + GENERATION, generation);
  }

  /** What was written to a segment with this sequence number or a smaller one was cleared. */
  static long clearedThroughAcquire(long root) {
    return getLongAcquire(root + CLEARED_THROUGH);
  }

  static void setClearedThroughRelease(long root, long sequence) {
    putLongRelease(root + CLEARED_THROUGH, sequence);
  }

  /** The sequence number that was given last; 0 if none was. */
  static long lastSequence(long root) {
    return getLong(root + LAST_SEQUENCE);
  }

  static void setLastSequence(long root, long sequence) {
    putLong(root + LAST_SEQUENCE, sequence);
  }
}
