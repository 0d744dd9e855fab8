package io.speicher.store.segment;

import static io.speicher.store.segment.NativeMemory.getByte;
import static io.speicher.store.segment.NativeMemory.getInt;
import static io.speicher.store.segment.NativeMemory.getLong;
import static io.speicher.store.segment.NativeMemory.putInt;

/**
 * The four bytes before each item of a store that survives its process: whether the item is what
 * was written in this life of its segment, and what has become of it. All knowledge of them is
 * here.
 *
 * <pre>
 *  checksum before the item = sum of the item, exclusive or its mark
 *
 *  mark:  0         a slot leads to the item
 *         FFFFFFFF  none has ever led to it
 *         else      none leads to it any more, since that epoch: a number to the base of 254, each
 *                   of whose four digits is a byte of 1 to 254, the lowest first
 * </pre>
 *
 * <p>Any thread may use one. A mark changes while the table of the item is locked.
 */
final class ItemChecksum {

  /*
   * The sum is 32 bits of a keyed hash, of the kind that KeyHash is: a CRC32C of the JDK needs a
   * buffer, which takes longer than to sum up 100 bytes. It depends on the sequence number of the
   * segment, so what an earlier life has left in it has another sum. Nobody outside knows the key, so
   * nobody can store a value that looks like items. The dead bit, which changes, is left out.
   *
   * Four bytes at any address may lie in two sectors of a disk, of which one may be older than the
   * other. No byte of a mark is that of another kind of mark, so such a mixture is known as one: half
   * of 0 and half of an epoch died in it, half of FFFFFFFF was being linked.
   */
  static final int BYTES = 4;

  /** The mark of what nothing has ever led to. */
  static final int UNLINKED = -1;

  /** So many epochs can be told. */
  static final long MAX_EPOCH = 254L * 254 * 254 * 254 - 1;

  /** What is known of an item by its mark. */
  enum State {
    /** A slot leads to it. */
    LINKED,
    /** It lost its slot after all that is known to be on the disk. */
    LOST,
    /** It lost its slot before. */
    DEAD,
    /** No slot has ever led to it, as far as is known. */
    UNLINKED,
    /** It is no item of this life, or is torn. */
    TORN
  }

  private static final int DIGITS = 254;

  private final long secret;
  private final long block;
  private final long last;
  private final long length;

  /** Keyed by the secrets of a root page. */
  ItemChecksum(long root) {
    secret = RootLayout.secret(root, 0);
    block = RootLayout.secret(root, 1);
    last = RootLayout.secret(root, 2);
    length = RootLayout.secret(root, 3);
  }

  /** The sum of an item of that many bytes, all that is written there, in that life. */
  int sum(long item, int bytes, long sequence) {
    int options = ItemLayout.options(ItemLayout.head(item));
    long hash = fold(secret ^ sequence, length ^ options);
    long at = item + 1;
    long end = item + bytes;
    for (; at < end - 16; at += 16) {
      hash = fold(getLong(at) ^ block, getLong(at + 8) ^ hash);
    }
    if (bytes > 16) {
      hash = fold(getLong(end - 16) ^ block, getLong(end - 8) ^ hash);
    } else if (bytes > 8) {
      hash = fold(getLong(item + 1) ^ block, getLong(end - 8) ^ hash);
    } else {
      long first = bytes > 4 ? getInt(item + 1) : getByte(item + 1) | (getByte(item + 2) << 8);
      long rest = bytes > 4 ? getInt(end - 4) : getByte(end - 1);
      hash = fold(first ^ block, rest ^ hash);
    }
    hash = fold(hash ^ last, bytes ^ length);
    return (int) (hash ^ (hash >>> Integer.SIZE));
  }

  /**
   * As the other one, of the item at hand; a filler stands for bytes that nobody knows, so only its
   * header counts.
   */
  int sum(StoredItem item, long sequence) {
    return sum(
        item.address(),
        item.keyBytes() == 0 ? (int) (item.valueAddress() - item.address()) : item.bytes(),
        sequence);
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }

  // ---- what lies before an item ----

  static void write(long item, int sum, int mark) {
    putInt(item - BYTES, sum ^ mark);
  }

  /** Turns one mark into another one. */
  static void change(long item, int from, int to) {
    putInt(item - BYTES, getInt(item - BYTES) ^ from ^ to);
  }

  /** The mark of an item that has this sum. */
  static int mark(long item, int sum) {
    return getInt(item - BYTES) ^ sum;
  }

  // ---- marks ----

  /** What an item has that loses its slot in that epoch, from 1 on. */
  static int markOf(long epoch) {
    long rest = epoch;
    int mark = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      mark |= (int) (rest % DIGITS + 1) << shift;
      rest /= DIGITS;
    }
    return mark;
  }

  /** The epoch that a mark tells, or -1 if it tells none. */
  static long epochOf(int mark) {
    long epoch = 0;
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      int digit = (mark >>> shift & 0xFF) - 1;
      if (digit < 0 || digit >= DIGITS) {
        return -1;
      }
      epoch = epoch * DIGITS + digit;
    }
    return epoch;
  }

  /**
   * What a mark says after a power loss.
   *
   * @param completed the last epoch of which everything is known to be on the disk
   * @param newest the last epoch that can have begun, a few after that one
   */
  static State state(int mark, long completed, long newest) {
    if (mark == 0) {
      return State.LINKED;
    }
    if (mark == UNLINKED || isMixture(mark, 0, UNLINKED)) {
      return State.UNLINKED;
    }
    long epoch = epochOf(mark);
    if (epoch > 0 && epoch <= newest) {
      return epoch <= completed ? State.DEAD : State.LOST;
    }
    for (long lost = completed + 1; lost <= newest; lost++) {
      if (isMixture(mark, 0, markOf(lost))) {
        return State.LOST;
      }
      if (isMixture(mark, UNLINKED, markOf(lost))) {
        return State.UNLINKED;
      }
    }
    return State.TORN;
  }

  /** Whether the first bytes are those of one mark and the others those of another one. */
  private static boolean isMixture(int mark, int one, int other) {
    for (int bits = Byte.SIZE; bits < Integer.SIZE; bits += Byte.SIZE) {
      int low = (1 << bits) - 1;
      if (mark == ((one & low) | (other & ~low)) || mark == ((other & low) | (one & ~low))) {
        return true;
      }
    }
    return false;
  }
}
