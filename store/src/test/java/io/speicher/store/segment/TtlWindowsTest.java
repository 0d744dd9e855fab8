package io.speicher.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TtlWindowsTest {
  private static final long NOW = 1_700_000_000_000L;

  /** The last window that an item expires in is over within half a second and a bit. */
  private static final long FIRST_WINDOW_MILLIS = 512;

  private final long seed = Long.getLong("seed", new Random().nextLong());
  private final Random random = new Random(seed);

  private record Expiring(long expiresAtMillis, int window) {}

  @Test
  void of_never() {
    assertThat(TtlWindows.of(Item.NEVER, NOW)).isEqualTo(TtlWindows.NONE);
    assertThat(TtlWindows.of(Item.NEVER - 1, NOW)).isEqualTo(TtlWindows.NONE);
    assertThat(TtlWindows.isFar(TtlWindows.NONE)).isTrue();
    assertThat(TtlWindows.startMillis(TtlWindows.NONE, NOW)).isZero();
  }

  @Test
  void of_anyExpiry_isInAWindowThatHoldsIt() {
    for (int i = 0; i < 200_000; i++) {
      long now = NOW + random.nextLong(1L << 40);
      long ttl = 1 + (random.nextLong() >>> (22 + random.nextInt(41)));
      int window = TtlWindows.of(now + ttl, now);
      assertThat(window).isBetween(0, TtlWindows.COUNT - 1);
      if (window != TtlWindows.NONE) {
        long start = TtlWindows.startMillis(window, now + ttl);
        int level = (window - 1) / 16;
        long length = FIRST_WINDOW_MILLIS << (4 * level);
        assertThat(ttl).as("-Dseed=" + seed).isLessThanOrEqualTo(16 * length);
        assertThat(level == 0 || ttl > 15 * length / 16).isTrue();
        if (TtlWindows.isFar(window)) {
          assertThat(start).isZero();
        } else {
          assertThat(start).isBetween(now + ttl - length + 1, now + ttl);
          assertThat(start % length).isZero();
          assertThat(ItemLayout.isNear(now + ttl, start)).isTrue();
        }
      } else {
        assertThat(ttl).isGreaterThan(15 * (1L << 37));
      }
    }
  }

  /** The clock jumps by up to that many milliseconds at a time. */
  @ParameterizedTest
  @ValueSource(longs = {1, 100, 1_000, 20_000, 1_000_000, 1L << 32, 1L << 39})
  void takeDue_everyItem_inTime(long maxJumpMillis) {
    long now = NOW;
    TtlWindows windows = new TtlWindows(now);
    List<Expiring> items = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      for (int i = 0; i < 3; i++) {
        long ttl = 1 + (random.nextLong() >>> (24 + random.nextInt(39)));
        items.add(new Expiring(now + ttl, TtlWindows.of(now + ttl, now)));
      }
      now += random.nextLong(maxJumpMillis) + 1;
      boolean[] due = windows.takeDue(now);
      assertThat(due[TtlWindows.NONE]).isFalse();
      List<Expiring> left = new ArrayList<>();
      for (Expiring item : items) {
        boolean gone = due[item.window()] && item.expiresAtMillis() <= now;
        if (!gone) {
          assertThat(item.window() == TtlWindows.NONE || item.expiresAtMillis() > now - 512)
              .as("-Dseed=%d late by %d", seed, now - item.expiresAtMillis())
              .isTrue();
          left.add(
              due[item.window()]
                  ? new Expiring(item.expiresAtMillis(), TtlWindows.of(item.expiresAtMillis(), now))
                  : item);
        }
      }
      items = left;
    }
  }

  @Test
  void takeDue_again_isEmpty() {
    TtlWindows windows = new TtlWindows(NOW);
    assertThat(windows.takeDue(NOW + 512)).contains(true);
    assertThat(windows.takeDue(NOW + 512)).containsOnly(false);
    assertThat(windows.takeDue(NOW)).containsOnly(false); // Nor if it went back.
  }

  @Test
  void takeDue_aLongTimeLater_isEverything() {
    boolean[] due = new TtlWindows(NOW).takeDue(NOW + (1L << 42));
    assertThat(due[TtlWindows.NONE]).isFalse();
    for (int window = 1; window < TtlWindows.COUNT; window++) {
      assertThat(due[window]).isTrue();
    }
  }
}
