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
 * <p>The lock of {@link SegmentPool} is held by whoever calls anything here.
 */
final class PartsArea {
  private static final int HEADER_BYTES = 8;

  private final long root;
  private final long address;
  private final int halfBytes;

  /**
   * @param address of both halves
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
  }

  /**
   * What was kept last, or null if nothing was.
   *
   * @throws IllegalStateException if that is damaged
   */
  @Nullable ByteBuffer read() {
    int half = RootLayout.parts(root);
    if (half == 0) {
      return null;
    }
    long start = startOf(half == 1 ? 1 : 2);
    int bytes = NativeMemory.getInt(start);
    if (bytes >= 0 && bytes <= capacityBytes()) {
      ByteBuffer state = NativeMemory.view(start + HEADER_BYTES, bytes);
      if (checksum(state.duplicate()) == NativeMemory.getInt(start + 4)) {
        return state;
      }
    }
    throw new IllegalStateException("the table of parts is damaged: bytes=" + bytes);
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
