package io.speicher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RoundsTest {
  @Test
  void median_oddCount() {
    assertThat(rounds(3, 1, 100).median()).isEqualTo(3);
  }

  @Test
  void median_evenCount() {
    assertThat(rounds(3, 1, 100, 5).median()).isEqualTo(4);
  }

  @Test
  void show() {
    assertThat(rounds(2.004, 1, 3.5).show(2)).isEqualTo("2.00 (1.00 to 3.50)");
  }

  private static Rounds rounds(double... figures) {
    Rounds rounds = new Rounds();
    for (double figure : figures) {
      rounds.add(figure);
    }
    return rounds;
  }
}
