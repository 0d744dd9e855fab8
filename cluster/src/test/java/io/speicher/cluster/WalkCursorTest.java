package io.speicher.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

final class WalkCursorTest {
  private static final long LAST_POSITION = (1L << 44) - 1;

  private static Tellers<String> tellers(int topologyId, int nodes) {
    return new Tellers<>(topologyId, Collections.nCopies(nodes, "node"));
  }

  @Test
  void number_isWhatItIsMadeOf() {
    for (int node : new int[] {0, 1, SlotPartitioner.SEGMENTS - 1}) {
      for (long position : new long[] {0, 1, 1L << 20, LAST_POSITION}) {
        for (int topology : new int[] {0, 1, 8_191}) {
          WalkCursor cursor = new WalkCursor(topology, node, position);
          assertThat(WalkCursor.of(cursor.number())).isEqualTo(cursor);
          assertThat(cursor.number()).as("it would end the walk").isNotZero();
          assertThat(cursor.isWithin(tellers(topology, node + 1))).isTrue();
          assertThat(cursor.isWithin(tellers(topology, Math.max(1, node)))).isEqualTo(node == 0);
          assertThat(cursor.isWithin(tellers(topology + 1, node + 1))).isFalse();
        }
      }
    }
  }

  @Test
  void largeTopologyId_isRecognized() {
    WalkCursor cursor = WalkCursor.of(WalkCursor.first(1_000_000).to(7).number());
    assertThat(cursor.isWithin(tellers(1_000_000, 1))).isTrue();
    assertThat(cursor.isWithin(tellers(1_000_001, 1))).isFalse();
    assertThat(cursor.position()).isEqualTo(7);
  }

  @Test
  void beginning_isWithinNothing() {
    assertThat(WalkCursor.of(0).isWithin(tellers(0, 3))).isFalse();
    assertThat(WalkCursor.of(0).isWithin(tellers(8_192, 3))).isFalse();
  }

  @Test
  void endOfANode_leadsToTheNextOne() {
    assertThat(WalkCursor.first(5).to(9).to(0)).isEqualTo(new WalkCursor(5, 1, 0));
  }

  @Test
  void anyNumber_isACursor() {
    for (int i = 0; i < 10_000; i++) {
      long number = ThreadLocalRandom.current().nextLong();
      assertThat(WalkCursor.of(number).number()).isEqualTo(number);
    }
  }

  @Test
  void positionOutOfBounds() {
    assertThatThrownBy(() -> new WalkCursor(0, 0, LAST_POSITION + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WalkCursor(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
  }
}
