package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getLongAcquire;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putIntRelease;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putLongRelease;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of the root page, with which the memory of a store begins: what has to be known to read
 * all the rest. All knowledge of them is here.
 *
 * <pre>
 *   0         8                16               20               24           28
 *  | magic 8 | format version 4 | segment bytes 4 | segment count 4 | table bits 4 | first index segment 4 |
 *   28
 *  | checksum bytes 4 |
 *   32                40                   48                56                 64
 *  | hash secrets 4x8 ...                                                      | index generation 8 |
 *   72                80                88              92          96      100     104
 *  | cleared through 8 | last sequence 8 | tag buckets 4 | clearing 4 | use 4 | zero 4 | boot id 16 |
 *   120             128                132           136        140                144              152
 *  | wall clock 8 | spread table 4 | spread slots 4 | parts 4 | evictions 4 | small target 8 | budget 8 | zero, to 4096 |
 *   512, 1024
 *  | two {@link SyncRecord}s |
 * </pre>
 *
 * <p>Any thread may read. The index generation is written with release by {@link HashIndex#clear};
 * all that changes besides is guarded by the lock of {@link SegmentPool}, but for what {@link
 * HashIndex} says of the table that it spreads. From the use on, all is zero unless the memory is
 * that of a file.
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
  private static final int CHECKSUM_BYTES = 28;
  private static final int SECRETS = 32;
  private static final int GENERATION = 64;
  private static final int CLEARED_THROUGH = 72;
  private static final int LAST_SEQUENCE = 80;
  private static final int TAG_BUCKETS = 88;
  private static final int CLEARING = 92;
  private static final int USE = 96;
  private static final int BOOT_ID = 104;
  private static final int WALL_MILLIS = 120;
  private static final int SPREAD_TABLE = 128;
  private static final int SPREAD_SLOTS = 132;
  private static final int PARTS = 136;
  private static final int EVICTIONS = 140;
  private static final int SMALL_TARGET = 144;
  private static final int BUDGET = 152;

  /** What a file says of its use: a process has it, or has had it when it was killed. */
  static final int IN_USE = 1;

  /** Its process has stopped, and nothing is half done. */
  static final int STOPPED = 2;

  /** A process was recovering it. */
  static final int RECOVERING = 3;

  /** A boot id takes so many bytes. */
  static final int BOOT_ID_BYTES = 16;

  private RootLayout() {}

  /** Writes the page of an empty store. */
  static void write(
      long root,
      int segmentBytes,
      int segmentCount,
      int tableBits,
      int firstIndexSegment,
      int tagBuckets,
      int checksumBytes) {
    putInt(root + VERSION, FORMAT_VERSION);
    putInt(root + SEGMENT_BYTES, segmentBytes);
    putInt(root + SEGMENT_COUNT, segmentCount);
    putInt(root + TABLE_BITS, tableBits);
    putInt(root + FIRST_INDEX_SEGMENT, firstIndexSegment);
    putLong(root + GENERATION, 1);
    putInt(root + TAG_BUCKETS, tagBuckets);
    putInt(root + CHECKSUM_BYTES, checksumBytes);
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

  /** How long the checksum before each item is, or 0. */
  static int checksumBytes(long root) {
    return getInt(root + CHECKSUM_BYTES);
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

  /** Whether everything is being cleared. */
  static boolean isClearing(long root) {
    return getInt(root + CLEARING) != 0;
  }

  static void setClearingRelease(long root, boolean clearing) {
    putIntRelease(root + CLEARING, clearing ? 1 : 0);
  }

  // ---- only of files ----

  /** Sums up all that never changes in the page of a file, secrets included. */
  static void sumConstants(long root, CRC32C checksum) {
    checksum.update(NativeMemory.view(root, FIRST_INDEX_SEGMENT));
    checksum.update(NativeMemory.view(root + CHECKSUM_BYTES, GENERATION - CHECKSUM_BYTES));
    checksum.update(NativeMemory.view(root + TAG_BUCKETS, Integer.BYTES));
    checksum.update(NativeMemory.view(root + BUDGET, Long.BYTES));
  }

  /** {@link #IN_USE} and so on; 0 if the file has not been made to its end. */
  static int use(long root) {
    return getInt(root + USE);
  }

  static void setUseRelease(long root, int use) {
    putIntRelease(root + USE, use);
  }

  /** Which start of the machine the file was last used in. */
  static boolean hasBootId(long root, byte[] bootId) {
    return NativeMemory.equal(ByteBuffer.wrap(bootId), root + BOOT_ID);
  }

  static void setBootId(long root, byte[] bootId) {
    NativeMemory.copy(ByteBuffer.wrap(bootId), root + BOOT_ID);
  }

  /** The time when the store was last maintained. */
  static long wallMillis(long root) {
    return getLong(root + WALL_MILLIS);
  }

  static void setWallMillis(long root, long millis) {
    putLong(root + WALL_MILLIS, millis);
  }

  /** The table whose slots are in the journal, by its index; less than 0 if it has none. */
  static int spreadTable(long root) {
    return getInt(root + SPREAD_TABLE) - 1;
  }

  /** How many slots that table has. */
  static int spreadSlots(long root) {
    return getInt(root + SPREAD_SLOTS);
  }

  static void setSpreadRelease(long root, int tableIndex, int slots) {
    putInt(root + SPREAD_SLOTS, slots);
    putIntRelease(root + SPREAD_TABLE, tableIndex + 1);
  }

  static void endSpreadRelease(long root) {
    putIntRelease(root + SPREAD_TABLE, 0);
  }

  /** In which half of its area the table of parts is, 1 or 2; 0 if there is none. */
  static int parts(long root) {
    return getInt(root + PARTS);
  }

  static void setPartsRelease(long root, int half) {
    putIntRelease(root + PARTS, half);
  }

  /** Whether anything was ever evicted. */
  static boolean hasEvicted(long root) {
    return getInt(root + EVICTIONS) != 0;
  }

  /** How large the small queue should be, by the eviction policy; 0 if it has not said. */
  static long smallTargetBytes(long root) {
    return getLong(root + SMALL_TARGET);
  }

  static void setPolicy(long root, boolean hasEvicted, long smallTargetBytes) {
    putInt(root + EVICTIONS, hasEvicted ? 1 : 0);
    putLong(root + SMALL_TARGET, smallTargetBytes);
  }

  /** What the store may take at the most, as it was told. */
  static long budgetBytes(long root) {
    return getLong(root + BUDGET);
  }

  static void setBudgetBytes(long root, long bytes) {
    putLong(root + BUDGET, bytes);
  }
}
