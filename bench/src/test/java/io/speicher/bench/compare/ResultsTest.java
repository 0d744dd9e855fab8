package io.speicher.bench.compare;

import static io.speicher.bench.compare.Samples.GET_1;
import static io.speicher.bench.compare.Samples.GET_16;
import static io.speicher.bench.compare.Samples.SPEICHER;
import static io.speicher.bench.compare.Samples.VALKEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.bench.Rounds;
import io.speicher.bench.process.Measurement;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResultsTest {
  private static final Pair PAIR = new Pair(SPEICHER, VALKEY);

  private final Results results =
      new Results(Samples.comparison(List.of(SPEICHER, VALKEY), GET_1, GET_16));

  @Test
  void serverCpuMicros() {
    Samples.add(results, SPEICHER, GET_1, 2, 1, 9);
    Samples.add(results, SPEICHER, GET_16, 7, 7, 7);

    Rounds rounds = results.serverCpuMicros(SPEICHER, GET_1);

    assertThat(rounds.median()).isEqualTo(2);
    assertThat(rounds.lowest()).isEqualTo(1);
    assertThat(rounds.highest()).isEqualTo(9);
  }

  /** The machine is slow in the second round, for both: 20/40 is the same ratio as 10/20. */
  @Test
  void ratios_withinRounds() {
    Samples.add(results, SPEICHER, GET_1, 10, 20, 12);
    Samples.add(results, VALKEY, GET_1, 20, 40, 16);

    Rounds ratios = results.ratios(PAIR, GET_1, Measurement::serverCpuMicros);

    assertThat(ratios.median()).isEqualTo(0.5);
    assertThat(ratios.lowest()).isEqualTo(0.5);
    assertThat(ratios.highest()).isEqualTo(0.75);
    double ofMedians =
        results.serverCpuMicros(SPEICHER, GET_1).median()
            / results.serverCpuMicros(VALKEY, GET_1).median();
    assertThat(ofMedians).isEqualTo(0.6, within(1e-9));
  }

  @Test
  void generatorWasTheBottleneck_onceIsEnough() {
    Samples.add(results, SPEICHER, GET_1, 1, 1);
    assertThat(results.generatorWasTheBottleneck(SPEICHER, GET_1)).isFalse();

    results.add(SPEICHER, GET_1, new Measurement(1, 1, 0, 0, 1, 1, 1, 1, 1, 1, true));
    assertThat(results.generatorWasTheBottleneck(SPEICHER, GET_1)).isTrue();
  }
}
