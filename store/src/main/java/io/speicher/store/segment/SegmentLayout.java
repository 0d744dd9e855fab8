package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.getShort;
import static io.speicher.store.segment.NativeMemory.putByte;
import static io.speicher.store.segment.NativeMemory.putInt;
import static io.speicher.store.segment.NativeMemory.putLong;
import static io.speicher.store.segment.NativeMemory.putShort;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The bytes of the header with which a segment of items begins: what it is, in which order it was
 * written, and how far. All knowledge of them is here.
 *
 * <pre>
 *   0         4                6         7         8            16             24        32
 *  | magic 4 | format version 2 | state 1 | queue 1 | sequence 8 | expiry base 8 | stamp 8 |
 *   32               36             40         42       44           48
 *  | write offset 4 | run length 4 | window 2 | zero 2 | checksum 4 | items ...
 *
 *  state:         1 open to writers, 2 sealed
 *  write offset:  where the items end, if sealed; while open it is 0, and the segment's account
 *                 knows
 *  checksum:      CRC32C of a secret of the store and of what stays in the life of the segment:
 *                 magic, format version, sequence, expiry base, run length
 * </pre>
 *
 * <p>A segment that is free, or the tail of a run, has no header; one that became free has no magic
 * any more. A value in the tail of a run can look like a header, but for the checksum: nobody
 * outside knows the secret.
 *
 * <p>What changes is not summed up: a file may be written to the disk at any instant, and a header
 * must be sound at each.
 *
 * <p>The header is read when everything else is lost or in doubt. What threads read or write all
 * the time, {@link Segments} keeps side by side for all segments: the headers lie at multiples of
 * two megabytes, so that all of them fall into a few sets of the processor's cache. The lock of
 * {@link SegmentPool} guards every change.
 */
final class SegmentLayout {
  static final int HEADER_BYTES = 48;
  static final int OPEN = 1;
  static final int SEALED = 2;

  /** "SPSG". */
  private static final int MAGIC = 0x4753_5053;

  private static final int VERSION = 4;
  private static final int STATE = 6;
  private static final int QUEUE = 7;
  private static final int SEQUENCE = 8;
  private static final int EXPIRY_BASE = 16;
  private static final int STAMP = 24;
  private static final int WRITE_OFFSET = 32;
  private static final int RUN_LENGTH = 36;
  private static final int WINDOW = 40;
  private static final int UNUSED = 42;
  private static final int CHECKSUM = 44;

  /** A secret, and all that stays as it is. */
  private static final int SUMMED_BYTES = 8 + 4 + 2 + 8 + 8 + 4;

  private SegmentLayout() {}

  /** Writes the header of a segment, or run, that is open from now on. */
  static void writeOpen(
      long segment,
      long sequence,
      int itemClass,
      int runLength,
      long expiryBaseMillis,
      long stamp,
      long secret) {
    putInt(segment, MAGIC);
    putShort(segment + VERSION, RootLayout.FORMAT_VERSION);
    putByte(segment + STATE, OPEN);
    putLong(segment + SEQUENCE, sequence);
    putLong(segment + EXPIRY_BASE, expiryBaseMillis);
    putInt(segment + WRITE_OFFSET, 0);
    putInt(segment + RUN_LENGTH, runLength);
    putShort(segment + UNUSED, 0);
    setPlace(segment, itemClass, stamp);
    putInt(segment + CHECKSUM, checksum(segment, secret));
  }

  /** Notes that nothing is appended any more. */
  static void seal(long segment, long writeOffset) {
    putInt(segment + WRITE_OFFSET, (int) writeOffset);
    putByte(segment + STATE, SEALED);
  }

  /** Notes to which queue and window it belongs, and where in the order of its queue. */
  static void setPlace(long segment, int itemClass, long stamp) {
    putByte(segment + QUEUE, ItemClass.queue(itemClass));
    putShort(segment + WINDOW, ItemClass.window(itemClass));
    putLong(segment + STAMP, stamp);
  }

  /** Notes that the segment is free. */
  static void erase(long segment) {
    putInt(segment, 0);
  }

  /** Whether a segment of items begins here, according to a header that nothing has damaged. */
  static boolean isSound(long segment, long secret) {
    return getInt(segment) == MAGIC
        && getShort(segment + VERSION) == RootLayout.FORMAT_VERSION
        && (state(segment) == OPEN || state(segment) == SEALED)
        && getShort(segment + UNUSED) == 0
        && getInt(segment + CHECKSUM) == checksum(segment, secret);
  }

  static int state(long segment) {
    return getByte(segment + STATE);
  }

  static long sequence(long segment) {
    return getLong(segment + SEQUENCE);
  }

  static int itemClass(long segment) {
    return ItemClass.of(getByte(segment + QUEUE), getShort(segment + WINDOW));
  }

  static long expiryBaseMillis(long segment) {
    return getLong(segment + EXPIRY_BASE);
  }

  static long stamp(long segment) {
    return getLong(segment + STAMP);
  }

  /** Where the items end, or 0 if the segment is open. */
  static long writeOffset(long segment) {
    return Integer.toUnsignedLong(getInt(segment + WRITE_OFFSET));
  }

  /** How many segments in a row belong to the one item that lies here; 1 for one of many items. */
  static int runLength(long segment) {
    return getInt(segment + RUN_LENGTH);
  }

  private static int checksum(long segment, long secret) {
    ByteBuffer bytes = ByteBuffer.allocate(SUMMED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(secret).putInt(getInt(segment)).putShort((short) getShort(segment + VERSION));
    bytes.putLong(sequence(segment)).putLong(expiryBaseMillis(segment)).putInt(runLength(segment));
    bytes.flip();
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }
}
