package io.speicher.store.segment;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is known of the parts of a store in its file: all of it is written anew each time that
 * something changes, to the half that does not count, which then counts.
 *
 * <pre>
 *   0         4             8
 *  | bytes 4 | checksum 4  | what {@link PartsState} writes ...
 * </pre>
 *
 * <p>Two more halves hold copies of what counted at the last times that everything was written to
 * the disk ({@link StoreSync}): both halves may have been written since.
 *
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
final class PartsArea {
  private static final int HEADER_BYTES = 8;

  private final long root;
  private final long address;
  private final int halfBytes;

  /** How often something was kept. */
  private long writes;

  /**
   * @param address of both halves, and of the copies
   */
  PartsArea(long root, long address, int halfBytes) {
    this.root = root;
    this.address = address;
    this.halfBytes = halfBytes;
  }

  /** How many bytes can be kept. */
  int capacityBytes() {
    return halfBytes - HEADER_BYTES;
  }

  /** Keeps the remaining bytes, of which there are no more than fit. */
  void write(ByteBuffer state) {
    int half = RootLayout.parts(root) == 1 ? 2 : 1;
    long start = startOf(half);
    NativeMemory.putInt(start, state.remaining());
    NativeMemory.putInt(start + 4, checksum(state.duplicate()));
    NativeMemory.view(start + HEADER_BYTES, state.remaining()).put(state);
    RootLayout.setPartsRelease(root, half);
    VarHandle.fullFence();
    writes++;
  }

  /** How often something was kept since the process began. */
  long writes() {
    return writes;
  }

  /**
   * What was kept last.
   *
   * @throws IllegalStateException if that is damaged
   */
  PartsState state() {
    ByteBuffer kept = read();
    return kept == null ? PartsState.empty() : PartsState.decode(kept);
  }

  /**
   * What was kept last, or null if nothing was.
   *
   * @throws IllegalStateException if that is damaged
   */
  @Nullable ByteBuffer read() {
    int half = RootLayout.parts(root);
    return half == 0 ? null : read(startOf(half == 1 ? 1 : 2));
  }

  private ByteBuffer read(long start) {
    int bytes = NativeMemory.getInt(start);
    if (bytes >= 0 && bytes <= capacityBytes()) {
      ByteBuffer state = NativeMemory.view(start + HEADER_BYTES, bytes);
      if (checksum(state.duplicate()) == NativeMemory.getInt(start + 4)) {
        return state;
      }
    }
    throw new IllegalStateException("the table of parts is damaged: bytes=" + bytes);
  }

  // ---- copies ----

  /**
   * Copies what counts.
   *
   * @param lastCopy which copy was made last; 0 if none was
   * @return which copy it is, 1 or 2; 0 if nothing was kept
   */
  int copy(int lastCopy) {
    ByteBuffer state = read();
    if (state == null) {
      return 0;
    }
    int copy = lastCopy == 1 ? 2 : 1;
    NativeMemory.copy(
        startOf(RootLayout.parts(root)), startOfCopy(copy), HEADER_BYTES + state.remaining());
    return copy;
  }

  /**
   * Lets a copy count.
   *
   * @param copy which one; 0 if nothing was kept
   * @throws IllegalStateException if it is damaged
   */
  void restore(int copy) {
    if (copy != 0) {
      ByteBuffer state = read(startOfCopy(copy));
      NativeMemory.copy(startOfCopy(copy), startOf(1), HEADER_BYTES + state.remaining());
    }
    RootLayout.setPartsRelease(root, copy == 0 ? 0 : 1);
  }

  private long startOfCopy(int copy) {
    return startOf(copy == 1 ? 3 : 4);
  }

  private long startOf(int half) {
    return address + (half - 1L) * halfBytes;
  }

  private static int checksum(ByteBuffer state) {
    CRC32C checksum = new CRC32C();
    checksum.update(state);
    return (int) checksum.getValue();
  }
}
