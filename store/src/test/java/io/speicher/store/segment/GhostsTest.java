package io.speicher.store.segment;

import static io.speicher.store.segment.EvictionPolicy.MAIN;
import static io.speicher.store.segment.EvictionPolicy.SMALL;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GhostsTest {
  private static final int OF_LAST_WORD = 3;
  private static final int OF_SLOT = 4;
  private static final long ITEM = SlotLayout.slot(0xA_BCDE, 4_711, 3);

  private final NativeMemory memory = NativeMemory.reserve(4 << 10, 4 << 10);
  private final long bucket = memory.address();

  @AfterEach
  void release() {
    memory.release();
  }

  private void add(long hash, long stamp, long now) {
    Ghosts.add(bucket, hash, SMALL, stamp, now, (_, _) -> false);
  }

  private void fillSlots(int from, long slot) {
    for (int i = from; i < TableLayout.SLOTS; i++) {
      NativeMemory.putLong(bucket + 8L * i, slot);
    }
  }

  private int count(int hashes, long now) {
    int found = 0;
    for (int hash = 1; hash <= hashes; hash++) {
      found += Ghosts.find(bucket, hash, now) == Ghosts.NONE ? 0 : 1;
    }
    return found;
  }

  @Test
  void find_tellsOriginAndAge() {
    Ghosts.add(bucket, 1, MAIN, 1_000, 1_005, (_, _) -> false);
    Ghosts.add(bucket, 2, SMALL, 1_002, 1_005, (_, _) -> false);

    int main = Ghosts.find(bucket, 1, 1_007);
    assertThat(Ghosts.origin(main)).isEqualTo(MAIN);
    assertThat(Ghosts.age(main, 1_007)).isEqualTo(7);
    int small = Ghosts.find(bucket, 2, 1_007);
    assertThat(Ghosts.origin(small)).isEqualTo(SMALL);
    assertThat(Ghosts.age(small, 1_007)).isEqualTo(5);
    assertThat(Ghosts.find(bucket, 3, 1_007)).isEqualTo(Ghosts.NONE);
  }

  @Test
  void find_tooOld() {
    add(1, 100, 100);

    assertThat(Ghosts.find(bucket, 1, 100 + Ghosts.MAX_AGE - 1)).isNotEqualTo(Ghosts.NONE);
    assertThat(Ghosts.find(bucket, 1, 100 + Ghosts.MAX_AGE)).isEqualTo(Ghosts.NONE);
  }

  @Test
  void add_fullBucket_usesTheLastWordAlone() {
    fillSlots(0, ITEM);
    TableLayout.setPassers(bucket, 0x1234);

    for (int hash = 1; hash <= 10; hash++) {
      add(hash, hash, hash);
    }

    assertThat(count(10, 10)).isEqualTo(OF_LAST_WORD);
    assertThat(Ghosts.find(bucket, 7, 10)).isEqualTo(Ghosts.NONE);
    assertThat(Ghosts.find(bucket, 8, 10)).isNotEqualTo(Ghosts.NONE);
    assertThat(TableLayout.passers(bucket)).isEqualTo(0x1234);
    for (int i = 0; i < TableLayout.SLOTS; i++) {
      assertThat(NativeMemory.getLong(bucket + 8L * i)).isEqualTo(ITEM);
    }
  }

  @Test
  void add_emptySlots_holdFourEach() {
    fillSlots(2, ITEM);

    for (int hash = 1; hash <= 20; hash++) {
      add(hash, hash, hash);
    }

    assertThat(count(20, 20)).isEqualTo(OF_LAST_WORD + 2 * OF_SLOT);
    for (int i = 0; i < 2; i++) {
      long slot = NativeMemory.getLong(bucket + 8L * i);
      assertThat(SlotLayout.isItem(slot)).isFalse();
      assertThat(SlotLayout.holdsGhosts(slot)).isTrue();
      assertThat(SlotLayout.locationOrZero(slot)).isZero();
      assertThat(Ghosts.areSound(slot)).isTrue();
    }
  }

  @Test
  void add_uselessOnes_goFirst() {
    fillSlots(0, ITEM);
    add(1, 1, 3);
    Ghosts.add(bucket, 2, MAIN, 2, 3, (_, _) -> false);
    add(3, 3, 3);

    Ghosts.add(bucket, 4, SMALL, 3, 3, (origin, _) -> origin == MAIN);

    assertThat(Ghosts.find(bucket, 1, 3)).isNotEqualTo(Ghosts.NONE);
    assertThat(Ghosts.find(bucket, 2, 3)).isEqualTo(Ghosts.NONE);
  }

  @Test
  void remove_lastGhostOfASlot_leavesItEmpty() {
    fillSlots(1, ITEM);
    for (int hash = 1; hash <= OF_LAST_WORD + 1; hash++) {
      add(hash, 1, 1);
    }
    assertThat(SlotLayout.holdsGhosts(NativeMemory.getLong(bucket))).isTrue();

    for (int hash = 1; hash <= OF_LAST_WORD + 1; hash++) {
      Ghosts.remove(bucket, hash);
    }

    assertThat(NativeMemory.getLong(bucket)).isZero();
    assertThat(NativeMemory.getLong(bucket + TableLayout.SLOTS_END)).isZero();
  }

  @Test
  void removeOld_leavesTheOthers() {
    for (int hash = 1; hash <= 10; hash++) {
      add(hash, 100 + hash, 110);
    }

    Ghosts.removeOld(bucket, 105 + Ghosts.MAX_AGE);

    assertThat(count(10, 111)).isEqualTo(5);
    assertThat(Ghosts.find(bucket, 5, 111)).isEqualTo(Ghosts.NONE);
    assertThat(Ghosts.find(bucket, 6, 111)).isNotEqualTo(Ghosts.NONE);
  }
}
