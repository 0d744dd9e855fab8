package io.speicher.store.segment;

import static io.speicher.store.segment.ItemChecksum.State.DEAD;
import static io.speicher.store.segment.ItemChecksum.State.LINKED;
import static io.speicher.store.segment.ItemChecksum.State.LOST;
import static io.speicher.store.segment.ItemChecksum.State.TORN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies before an item in a file. */
final class ItemChecksumTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 253, 254, 255, 64_515, 64_516, 100_000_000, ItemChecksum.MAX_EPOCH})
  void mark_tellsItsEpoch(long epoch) {
    int mark = ItemChecksum.markOf(epoch);
    assertThat(ItemChecksum.epochOf(mark)).isEqualTo(epoch);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      assertThat(mark >>> shift & 0xFF).isBetween(1, 254);
    }
  }

  @Test
  void state_ofWholeMarks() {
    assertThat(state(0)).isEqualTo(LINKED);
    assertThat(state(ItemChecksum.UNLINKED)).isEqualTo(ItemChecksum.State.UNLINKED);
    assertThat(state(ItemChecksum.markOf(1))).isEqualTo(DEAD);
    assertThat(state(ItemChecksum.markOf(1_000))).isEqualTo(DEAD);
    assertThat(state(ItemChecksum.markOf(1_001))).isEqualTo(LOST);
    assertThat(state(ItemChecksum.markOf(1_002))).isEqualTo(LOST);
    assertThat(state(ItemChecksum.markOf(1_003))).isEqualTo(TORN);
  }

  /** The first bytes are older than the others, or the other way round. */
  @Test
  void state_ofMixtures() {
    int lost = ItemChecksum.markOf(1_001);
    for (int bits = Byte.SIZE; bits < Integer.SIZE; bits += Byte.SIZE) {
      int low = (1 << bits) - 1;
      for (int mask : new int[] {low, ~low}) {
        assertThat(state(lost & mask)).isEqualTo(LOST);
        assertThat(state(mask)).isEqualTo(ItemChecksum.State.UNLINKED);
        assertThat(state((lost & mask) | ~mask)).isEqualTo(ItemChecksum.State.UNLINKED);
      }
      assertThat(state(ItemChecksum.markOf(500) & low)).isEqualTo(TORN);
    }
  }

  private static ItemChecksum.State state(int mark) {
    return ItemChecksum.state(mark, 1_000, 1_002);
  }

  /** Each byte counts, and so does the life of the segment; the dead bit does not. */
  @Test
  void sum_ofItemsOfAnyLength() {
    NativeMemory memory = NativeMemory.reserve(64 << 10);
    try {
      Random random = new Random(1);
      KeyHash.writeSecrets(memory.address(), random);
      ItemChecksum checksum = new ItemChecksum(memory.address());
      long item = memory.address() + 8_192;
      for (int bytes = 4; bytes < 200; bytes++) {
        for (int i = 0; i < bytes; i++) {
          NativeMemory.putByte(item + i, random.nextInt());
        }
        int sum = checksum.sum(item, bytes, 7);
        assertThat(checksum.sum(item, bytes, 8)).isNotEqualTo(sum);
        assertThat(checksum.sum(item, bytes + 1, 7)).isNotEqualTo(sum);
        for (int i = 0; i < bytes; i++) {
          int before = NativeMemory.getByte(item + i);
          NativeMemory.putByte(item + i, before ^ 0x80);
          assertThat(checksum.sum(item, bytes, 7)).as("bytes=%d i=%d", bytes, i).isNotEqualTo(sum);
          NativeMemory.putByte(item + i, before);
        }
        ItemLayout.markDead(item);
        assertThat(checksum.sum(item, bytes, 7)).isEqualTo(sum);
      }
    } finally {
      memory.release();
    }
  }
}
