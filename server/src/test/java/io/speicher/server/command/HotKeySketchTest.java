package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HotKeySketchTest {
  private static final long SECOND = 1_000_000_000;

  private final HotKeySketch keys = new HotKeySketch(Rank.USES, Duration.ofMinutes(1), 0);

  private static ByteBuffer key(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static List<HotKey> hottest(HotKeySketch keys, int limit) {
    return keys.hottest(1, limit, 0);
  }

  @Test
  void nothingCounted() {
    assertThat(hottest(keys, 10)).isEmpty();
  }

  /** A load of 200,000 keys that follows Zipf's law, of which values differ in length. */
  private static final class Load {
    private final Random random;
    private final double[] sums = new double[200_000];
    private double sum;

    Load(long seed) {
      random = new Random(seed);
      for (int i = 0; i < sums.length; i++) {
        sum += Math.pow(i + 1, -0.99);
        sums[i] = sum;
      }
    }

    /** The rank of a key: 0 is used most. */
    int next() {
      int found = Arrays.binarySearch(sums, random.nextDouble() * sum);
      return found < 0 ? -found - 1 : found;
    }

    /** From 100 bytes to 3,000, up to the key. */
    static long bytes(int rank) {
      return (long) (100 * Math.pow(30, (rank * 7_919 % 1_009) / 1_009.0));
    }
  }

  /**
   * How many of the 20 keys that lead after 400,000 samples are found among the first 20, on the
   * average of several loads.
   */
  private static double recall(Rank rank, Duration window, int times) {
    int found = 0;
    int loads = 2;
    for (int seed = 0; seed < loads; seed++) {
      Load load = new Load(seed);
      HotKeySketch sketch = new HotKeySketch(rank, window, 0);
      long[] truth = new long[200_000];
      for (int i = 0; i < 400_000; i++) {
        int key = load.next();
        long bytes = Load.bytes(key);
        truth[key] += rank == Rank.USES ? 1 : bytes;
        if (i % times == 0) {
          sketch.add(key("user:" + key), times, bytes, i * (SECOND / 20_000));
        }
      }
      long least = Arrays.stream(truth).sum() / 2_000;
      List<String> expected =
          IntStream.range(0, truth.length)
              .filter(key -> truth[key] > least)
              .boxed()
              .sorted(Comparator.comparingLong((Integer key) -> truth[key]).reversed())
              .limit(20)
              .map(key -> "user:" + key)
              .toList();
      List<String> top = hottest(sketch, 20).stream().map(HotKey::key).toList();
      found += (int) expected.stream().filter(top::contains).count();
    }
    return found / (20.0 * loads);
  }

  /** Also where each second use was missed, and the next one stands for it. */
  @Test
  void zipfianLoad_recallOfTopTwenty() {
    for (int times = 1; times <= 2; times++) {
      for (Rank rank : Rank.values()) {
        for (Duration window : HotKey.WINDOWS) {
          assertThat(recall(rank, window, times))
              .as("rank=%s window=%s times=%d", rank, window, times)
              .isGreaterThanOrEqualTo(0.95);
        }
      }
    }
  }

  @Test
  void zipfianLoad_estimate() {
    Load load = new Load(42);
    for (int i = 0; i < 1_200_000; i++) {
      keys.add(key("user:" + load.next()), 1, 100, i * (SECOND / 20_000));
    }
    HotKey first = hottest(keys, 1).getFirst();
    assertThat(first.key()).isEqualTo("user:0");
    double expected = 1_200_000 / load.sum * (1 - Math.exp(-1)); // It fades while it is counted.
    assertThat((double) first.uses()).isCloseTo(expected, within(0.1 * expected));
    assertThat(first.bytes()).isBetween(95 * first.uses(), 105 * first.uses());
  }

  /** One large value that is read now and then takes more bytes than many small ones. */
  @Test
  void byBytes_largeValue() {
    HotKeySketch byBytes = new HotKeySketch(Rank.BYTES, Duration.ofMinutes(1), 0);
    for (int i = 0; i < 100_000; i++) {
      byBytes.add(key("small-" + i % 50_000), 1, 100, 0);
      keys.add(key("small-" + i % 50_000), 1, 100, 0);
      if (i % 1_000 == 0) {
        byBytes.add(key("large"), 1, 10_000_000, 0);
        keys.add(key("large"), 1, 10_000_000, 0);
      }
    }
    HotKey first = hottest(byBytes, 1).getFirst();
    assertThat(first.key()).isEqualTo("large");
    assertThat(first.bytes()).isCloseTo(1_000_000_000, within(20_000_000L));
  }

  @Test
  void fading() {
    for (int i = 0; i < 1_000; i++) {
      keys.add(key("old"), 1, 1, 0);
    }
    for (int second = 1; second <= 300; second++) {
      keys.add(key("new"), 1, 1, second * SECOND);
    }
    assertThat(hottest(keys, 1).getFirst().key()).isEqualTo("new");
    assertThat(hottest(keys, 2).getLast().uses()).isLessThan(20);
  }

  @Test
  void fading_nothingIsCounted() {
    for (int i = 0; i < 1_000; i++) {
      keys.add(key("old"), 1, 1, 0);
    }
    assertThat(keys.hottest(1, 1, 60 * SECOND).getFirst().uses())
        .isEqualTo(Math.round(1_000 / Math.E));
    assertThat(keys.hottest(1, 1, 600 * SECOND)).isEmpty();

    keys.add(key("new"), 1, 1, 300 * SECOND);
    assertThat(hottest(keys, 2).getFirst().uses()).isLessThan(10);
  }

  @Test
  void longKey_isCut() {
    keys.add(key("k".repeat(100)), 1, 1, 0);
    keys.add(key("k".repeat(99) + "x"), 1, 1, 0);
    assertThat(hottest(keys, 9)).hasSize(2);
    assertThat(hottest(keys, 1).getFirst()).isEqualTo(new HotKey("k".repeat(64), 100, 60, 1, 1));
  }

  @Test
  void severalUsesAtATime() {
    keys.add(key("a"), 1, 3, 0);
    keys.add(key("a"), 4, 5, 0);
    assertThat(keys.hottest(16, 1, 0)).containsExactly(new HotKey("a", 1, 60, 80, 16 * 23));
  }
}
