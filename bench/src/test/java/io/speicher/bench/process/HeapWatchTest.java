package io.speicher.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeapWatchTest {
  private static final String HEADER =
      "S0C S1C S0U S1U EC EU OC OU MC MU CCSC CCSU YGC YGCT FGC FGCT CGC CGCT GCT";
  private static final String FIGURES =
      "1600.0 1600.0 0.0 1600.0 13184.0 512.5 49152.0 1345.5 2304.0 2109.3 384.0 293.8 1 0.015 0 0.000 - - 0.015";

  @Test
  void used_isTheSumOfTheSpaces() {
    assertThat(HeapWatch.used(words(HEADER), words(FIGURES))).isEqualTo(3_458L << 10);
  }

  private static List<String> words(String line) {
    return Arrays.asList(line.split(" ", -1));
  }
}
