package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NativeMemoryTest {
  private static final int MAX_BYTES = 70;

  private final NativeMemory memory = NativeMemory.reserve(4 << 10);
  private final Random random = new Random(1);

  @AfterEach
  void release() {
    memory.release();
  }

  @Test
  void copy_everyLength_writesTheseBytesAndNoOthers() {
    for (int bytes = 0; bytes <= MAX_BYTES; bytes++) {
      long to = memory.address() + 3; // Nothing is aligned.
      NativeMemory.zero(memory.address(), 4 << 10);
      ByteBuffer from = randomBytes(bytes);

      NativeMemory.copy(from, to);

      assertThat(NativeMemory.view(to, bytes)).isEqualTo(from);
      assertThat(from.remaining()).isEqualTo(bytes);
      assertThat(NativeMemory.getByte(to - 1)).isZero();
      assertThat(NativeMemory.getByte(to + bytes)).isZero();
    }
  }

  @Test
  void equal_everyLength_isWhetherEveryByteIs() {
    for (int bytes = 0; bytes <= MAX_BYTES; bytes++) {
      long address = memory.address() + 5;
      ByteBuffer buffer = randomBytes(bytes);
      NativeMemory.copy(buffer, address);
      assertThat(NativeMemory.equal(buffer, address)).isTrue();
      for (int i = 0; i < bytes; i++) {
        NativeMemory.putByte(address + i, NativeMemory.getByte(address + i) ^ 0x80);
        assertThat(NativeMemory.equal(buffer, address)).as("%d of %d", i, bytes).isFalse();
        NativeMemory.putByte(address + i, NativeMemory.getByte(address + i) ^ 0x80);
      }
    }
  }

  /** None of them zero, and not at the start of their buffer. */
  private ByteBuffer randomBytes(int count) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(count + 4);
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, (byte) random.nextInt(1, 256));
    }
    return bytes.position(2).limit(count + 2);
  }
}
