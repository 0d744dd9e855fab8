package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EvictionPolicyTest {
  private static final int SEGMENTS = 320;
  private static final int SEGMENT_BYTES = 8 << 10;

  private final NativeMemory memory = NativeMemory.reserve(4 << 10, 4 << 10);
  private final long bucket = memory.address();
  private final EvictionPolicy policy = new EvictionPolicy(SEGMENTS, SEGMENT_BYTES);

  @AfterEach
  void release() {
    memory.release();
  }

  @Test
  void ghostOf_threeTimesTheCapacityAgo_isThere() {
    policy.leaveGhost(bucket, 1, SMALL, policy.clock(), 0);

    policy.advanceClock(3 * SEGMENTS);
    assertThat(policy.ghostOf(bucket, 1)).isNotEqualTo(Ghosts.NONE);
    policy.advanceClock(SEGMENTS / 2);
    assertThat(policy.ghostOf(bucket, 1)).isEqualTo(Ghosts.NONE);
  }

  @Test
  void returned_saysWhenTheItemWasStored() {
    policy.advanceClock(1_234);
    long storedAt = policy.clock();
    policy.advanceClock(17);
    policy.leaveGhost(bucket, 1, SMALL, storedAt, 0);
    policy.advanceClock(SEGMENTS);

    long awaySince = policy.returned(policy.ghostOf(bucket, 1), 100);

    assertThat(awaySince).isBetween(storedAt - SEGMENTS / 8, storedAt + SEGMENTS / 16);
  }

  @Test
  void hasMainRoom_cleaningLags() {
    long targetBytes = SEGMENTS * SEGMENT_BYTES / 50;

    assertThat(policy.isSmallTooLarge(targetBytes + SEGMENT_BYTES)).isTrue();
    assertThat(policy.hasMainRoom(targetBytes + SEGMENT_BYTES)).isFalse();
    assertThat(policy.hasMainRoom(targetBytes + SEGMENT_BYTES + 2)).isTrue();
  }

  @Test
  void returned_fromWhereALargerSmallQueueWouldHaveHeldIt_enlargesThat() {
    policy.advanceClock(SEGMENTS);
    policy.smallSegmentEvicted(policy.clock() - 100);
    policy.leaveGhost(bucket, 1, SMALL, policy.clock(), 0);
    long targetBytes = SEGMENTS * SEGMENT_BYTES / 50;
    assertThat(policy.isSmallTooLarge(targetBytes + 500)).isTrue();

    policy.returned(policy.ghostOf(bucket, 1), 100);

    assertThat(policy.isSmallTooLarge(targetBytes + 500)).isFalse();
  }
}
