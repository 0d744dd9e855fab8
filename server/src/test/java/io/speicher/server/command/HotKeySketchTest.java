package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.protocol.HotKey;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HotKeysTest {
  private static final long SECOND = 1_000_000_000;

  private final HotKeys keys = new HotKeys(Duration.ofMinutes(1), 256, 0);

  private static ByteBuffer key(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static List<HotKey> hottest(HotKeys keys, int limit) {
    return HotKeys.hottest(List.of(keys), 1, limit);
  }

  /** 30,000 samples a second, for a minute, of a million keys that follow Zipf's law. */
  @Test
  void zipfianLoad_topTwenty() {
    Random random = new Random(42);
    double[] sums = new double[1_000_000];
    double sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += Math.pow(i + 1, -0.99);
      sums[i] = sum;
    }
    for (int i = 0; i < 1_800_000; i++) {
      int found = Arrays.binarySearch(sums, random.nextDouble() * sum);
      int rank = found < 0 ? -found - 1 : found;
      keys.add(key("user:" + rank), 100, i * SECOND / 30_000);
    }
    List<String> top = hottest(keys, 20).stream().map(HotKey::key).toList();
    long hits = IntStream.range(0, 20).filter(rank -> top.contains("user:" + rank)).count();
    assertThat(hits).isGreaterThanOrEqualTo(19);
    HotKey first = hottest(keys, 1).getFirst();
    assertThat(first.key()).isEqualTo("user:0");
    double expected = 1_800_000 / sum * (1 - Math.exp(-1)); // It fades while it is counted.
    assertThat((double) first.uses()).isCloseTo(expected, within(0.1 * expected));
    assertThat(first.bytes()).isBetween(95 * first.uses(), 105 * first.uses());
  }

  @Test
  void fading() {
    for (int i = 0; i < 1_000; i++) {
      keys.add(key("old"), 1, 0);
    }
    for (int second = 1; second <= 300; second++) {
      keys.add(key("new"), 1, second * SECOND);
    }
    assertThat(hottest(keys, 1).getFirst().key()).isEqualTo("new");
    assertThat(hottest(keys, 2).getLast().uses()).isLessThan(20);
  }

  @Test
  void longKey_isCut() {
    keys.add(key("k".repeat(100)), 1, 0);
    keys.add(key("k".repeat(99) + "x"), 1, 0);
    assertThat(hottest(keys, 9)).hasSize(2);
    assertThat(hottest(keys, 1).getFirst()).isEqualTo(new HotKey("k".repeat(64), 100, 60, 1, 1));
  }

  @Test
  void severalLoops() {
    HotKeys other = new HotKeys(Duration.ofMinutes(1), 256, 0);
    keys.add(key("a"), 3, 0);
    other.add(key("a"), 4, 0);
    other.add(key("b"), 1, 0);
    assertThat(HotKeys.hottest(List.of(keys, other), 16, 1))
        .containsExactly(new HotKey("a", 1, 60, 32, 112));
  }

  @Test
  void places_areBounded() {
    for (int loops = 1; loops <= 256; loops++) {
      int places = HotKeys.places(loops);
      assertThat(Integer.bitCount(places)).isEqualTo(1);
      assertThat(places).isBetween(32, 256);
    }
    assertThat(HotKeys.places(4)).isEqualTo(256);
  }
}
