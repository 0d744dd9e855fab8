package io.speicher.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final long seed = System.nanoTime();
  private final Backoff backoff = new Backoff(new SplittableRandom(seed));

  @Test
  void nextMillis_doublesUpToItsCeiling() {
    assertDoubles(true, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000);
    backoff.reset();
    assertDoubles(false, 10, 20, 40, 40, 40);
  }

  /** A server that starts is found within 40 ms, and one that stays away is left in peace. */
  @Test
  void nextMillis_ofAServerThatRefuses_growsAfterTenSeconds() {
    int waitedMillis = 0;
    int attempts = 0;
    while (waitedMillis < 10_000) {
      int millis = backoff.nextMillis(false);
      assertThat(millis).as("seed %d", seed).isBetween(5, 40);
      waitedMillis += millis;
      attempts++;
    }
    assertThat(attempts).as("seed %d", seed).isBetween(250, 505);
    assertDoubles(false, 80, 160, 320, 320, 320);
  }

  private void assertDoubles(boolean wasConnected, int... ceilings) {
    for (int ceiling : ceilings) {
      assertThat(backoff.nextMillis(wasConnected))
          .as("seed %d", seed)
          .isBetween(ceiling / 2, ceiling);
    }
  }

  @Test
  void reset_startsAgain() {
    for (int i = 0; i < 10; i++) {
      backoff.nextMillis(true);
    }
    backoff.reset();
    assertThat(backoff.nextMillis(true)).as("seed %d", seed).isBetween(5, 10);
  }

  @Test
  void nextMillis_differs() {
    Backoff other = new Backoff(new SplittableRandom(seed + 1));
    boolean differs = false;
    for (int i = 0; i < 50; i++) {
      differs |= backoff.nextMillis(true) != other.nextMillis(true);
    }
    assertThat(differs).as("seed %d", seed).isTrue();
  }
}
