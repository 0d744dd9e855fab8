package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final long seed = System.nanoTime();
  private final Backoff backoff = new Backoff(new SplittableRandom(seed));

  @Test
  void nextMillis_doublesUpToOneSecond() {
    int[] ceilings = {10, 20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000};
    for (int ceiling : ceilings) {
      assertThat(backoff.nextMillis()).as("seed %d", seed).isBetween(ceiling / 2, ceiling);
    }
  }

  @Test
  void reset_startsAgain() {
    for (int i = 0; i < 10; i++) {
      backoff.nextMillis();
    }
    backoff.reset();
    assertThat(backoff.nextMillis()).as("seed %d", seed).isBetween(5, 10);
  }

  @Test
  void nextMillis_differs() {
    Backoff other = new Backoff(new SplittableRandom(seed + 1));
    boolean differs = false;
    for (int i = 0; i < 50; i++) {
      differs |= backoff.nextMillis() != other.nextMillis();
    }
    assertThat(differs).as("seed %d", seed).isTrue();
  }
}
