package io.speicher.server.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.HotKey;
import io.speicher.protocol.HotKey.Rank;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HotKeysTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final HotKeys keys = new HotKeys();

  private static ByteBuffer key(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  /** Loops that get in each other's way lose no use: a later one stands for what was missed. */
  @Test
  void severalLoops() throws Exception {
    int loops = 4;
    int uses = 20_000;
    try (ExecutorService threads = Executors.newFixedThreadPool(loops)) {
      for (Future<?> one :
          IntStream.range(0, loops)
              .mapToObj(loop ->
                  threads.submit(() -> {
                    int missed = 0;
                    for (int i = 0; i < uses || missed > 0; i++) {
                      int times = i < uses ? 1 + missed : missed;
                      missed = keys.tryAdd(key("k"), times, 10, System.nanoTime()) ? 0 : times;
                    }
                  }))
              .toList()) {
        one.get();
      }
    }
    HotKey hottest = keys.hottest(Rank.USES, HOUR, 1).getFirst();
    long counted = (long) loops * uses * HotKey.SAMPLE_RATIO;
    assertThat(hottest.uses()).isBetween(counted * 99 / 100, counted); // A little has faded.
    assertThat(keys.hottest(Rank.BYTES, HOUR, 1).getFirst().bytes())
        .isBetween(10 * counted * 99 / 100, 10 * counted);
  }

  @Test
  void clear() {
    assertThat(keys.tryAdd(key("k"), 2, 10, System.nanoTime())).isTrue();
    assertThat(keys.hottest(Rank.USES, HOUR, 10)).hasSize(1);
    keys.clear();
    assertThat(keys.hottest(Rank.USES, HOUR, 10)).isEmpty();
  }
}
