package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putLong;

import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What of a store is known to be on the disk. There are two in the root page, each in a sector of
 * its own, of which the one with the greater number counts; the other one is written next. All
 * knowledge of their bytes is here.
 *
 * <pre>
 *   0          8               16          24                  32                40
 *  | number 8 | completed 8   | newest 8  | cleared through 8 | last sequence 8 | wall clock 8 |
 *   48                        52          56          60           64
 *  | first index segment 4   | parts 4   | syncs 4   | checksum 4 |
 *
 *  checksum:  CRC32C of a secret, of what stays as it is in the root page, and of the record
 * </pre>
 *
 * @param number one more than that of the record before
 * @param completed the last epoch of which everything is on the disk; see {@link StoreSync}
 * @param newest the last epoch that may begin before the next record
 * @param clearedThrough what was cleared with everything before that epoch ended
 * @param wallMillis the time then
 * @param parts which copy of the table of parts is of then, 1 or 2; 0 if nothing was written
 * @param syncs whether what is on the disk may be recovered; if not, segments were used again
 *     before what replaced their items was on the disk
 */
record SyncRecord(
    long number,
    long completed,
    long newest,
    long clearedThrough,
    long lastSequence,
    long wallMillis,
    int firstIndexSegment,
    int parts,
    boolean syncs) {
  private static final int SECTOR_BYTES = 512;
  private static final int NUMBER = 0;
  private static final int COMPLETED = 8;
  private static final int NEWEST = 16;
  private static final int CLEARED_THROUGH = 24;
  private static final int LAST_SEQUENCE = 32;
  private static final int WALL_MILLIS = 40;
  private static final int FIRST_INDEX_SEGMENT = 48;
  private static final int PARTS = 52;
  private static final int SYNCS = 56;
  private static final int CHECKSUM = 60;

  /** Of a store of which nothing is on the disk yet. */
  static SyncRecord first(long root, boolean syncs) {
    return new SyncRecord(1, 0, 2, 0, 0, 0, RootLayout.firstIndexSegment(root), 0, syncs);
  }

  /** The record that counts, or null if neither is sound. */
  static @Nullable SyncRecord read(long root) {
    SyncRecord one = readAt(root, root + SECTOR_BYTES);
    SyncRecord other = readAt(root, root + 2 * SECTOR_BYTES);
    return one == null || (other != null && other.number > one.number) ? other : one;
  }

  private static @Nullable SyncRecord readAt(long root, long at) {
    return getLong(at + NUMBER) <= 0 || getInt(at + CHECKSUM) != checksum(root, at)
        ? null
        : new SyncRecord(
            getLong(at + NUMBER),
            getLong(at + COMPLETED),
            getLong(at + NEWEST),
            getLong(at + CLEARED_THROUGH),
            getLong(at + LAST_SEQUENCE),
            getLong(at + WALL_MILLIS),
            getInt(at + FIRST_INDEX_SEGMENT),
            getInt(at + PARTS),
            getInt(at + SYNCS) != 0);
  }

  /** Takes the place of the record before the last one. */
  void write(long root) {
    long at = root + (1 + (number & 1)) * SECTOR_BYTES;
    putLong(at + NUMBER, number);
    putLong(at + COMPLETED, completed);
    putLong(at + NEWEST, newest);
    putLong(at + CLEARED_THROUGH, clearedThrough);
    putLong(at + LAST_SEQUENCE, lastSequence);
    putLong(at + WALL_MILLIS, wallMillis);
    putInt(at + FIRST_INDEX_SEGMENT, firstIndexSegment);
    putInt(at + PARTS, parts);
    putInt(at + SYNCS, syncs ? 1 : 0);
    putInt(at + CHECKSUM, checksum(root, at));
  }

  /** What is known to be on the disk when a process begins, in the first epoch after all others. */
  SyncRecord resumed(boolean newSyncs) {
    return with(newest + 2, newSyncs);
  }

  /** The epoch that a process begins with that has written this. */
  long firstEpoch() {
    return newest - 1;
  }

  /** The same, but with another epoch that may begin, and whether it may be recovered. */
  SyncRecord with(long newNewest, boolean newSyncs) {
    return new SyncRecord(
        number + 1,
        completed,
        newNewest,
        clearedThrough,
        lastSequence,
        wallMillis,
        firstIndexSegment,
        parts,
        newSyncs);
  }

  /** What can be said at this moment, of an epoch that is to be completed. */
  SyncRecord begun(long root, long epoch, long nowMillis, int newParts) {
    return new SyncRecord(
        number + 1,
        epoch,
        epoch + 2,
        RootLayout.clearedThroughAcquire(root),
        RootLayout.lastSequence(root),
        nowMillis,
        RootLayout.firstIndexSegment(root),
        newParts,
        true);
  }

  private static int checksum(long root, long at) {
    CRC32C checksum = new CRC32C();
    RootLayout.sumConstants(root, checksum);
    checksum.update(NativeMemory.view(at, CHECKSUM));
    return (int) checksum.getValue();
  }
}
