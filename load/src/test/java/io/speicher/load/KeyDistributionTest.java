package io.speicher.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyDistributionTest {
  private static final int DRAWS = 1_000_000;

  @Test
  void zipfian_theMostPopularKeysHaveTheirShare() {
    int keys = 1_000;
    long[] counts = draw(new KeyDistribution.Zipfian(0.99), keys);
    Arrays.sort(counts);
    double zeta = ZipfianChooser.zeta(keys, 0.99);
    assertThat(counts[keys - 1] / (double) DRAWS).isCloseTo(1 / zeta, within(0.005));
    assertThat(counts[keys - 2] / (double) DRAWS)
        .isCloseTo(Math.pow(0.5, 0.99) / zeta, within(0.005));
  }

  @Test
  void zipfian_sumIsRightWhereItIsAnIntegral() {
    double sum = 0;
    for (double rank = 1; rank <= 300_000; rank++) {
      sum += Math.pow(rank, -0.7);
    }
    assertThat(ZipfianChooser.zeta(300_000, 0.7)).isCloseTo(sum, within(sum * 1e-9));
  }

  @Test
  void zipfian_fewKeys() {
    assertThat(draw(new KeyDistribution.Zipfian(0.5), 1)).containsExactly(DRAWS);
    assertThat(draw(new KeyDistribution.Zipfian(0.5), 2)).doesNotContain(0);
  }

  @Test
  void hotSet_shares() {
    long[] counts = draw(new KeyDistribution.HotSet(0.1, 0.9), 100);
    long hot = Arrays.stream(counts, 0, 10).sum();
    assertThat(hot / (double) DRAWS).isCloseTo(0.9, within(0.005));
  }

  @Test
  void uniform_allAlike() {
    assertThat(Arrays.stream(draw(KeyDistribution.UNIFORM, 10)).boxed().toList())
        .allSatisfy(count -> assertThat(count / (double) DRAWS).isCloseTo(0.1, within(0.005)));
  }

  @Test
  void sequential_threadsShareTheKeys() {
    List<Long> chosen = new ArrayList<>();
    for (int thread = 0; thread < 3; thread++) {
      KeyChooser chooser = new KeyDistribution.Sequential().chooser(10, thread, 3);
      for (long i = KeyDistribution.Sequential.partKeys(10, thread, 3); i > 0; i--) {
        chosen.add(chooser.next(new RandomNumbers(0)));
      }
    }
    assertThat(chosen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  private static long[] draw(KeyDistribution distribution, int keys) {
    long[] counts = new long[keys];
    KeyChooser chooser = distribution.chooser(keys, 0, 1);
    RandomNumbers random = new RandomNumbers(42);
    for (int i = 0; i < DRAWS; i++) {
      counts[(int) chooser.next(random)]++;
    }
    return counts;
  }
}
