package io.speicher.store.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.FakeTicker;
import io.speicher.store.PutOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a power loss may leave is drawn, and recovered; {@code bench/kill --lottery} draws more. */
final class PowerLossTest {
  private static final int LOSSES_OF_A_RUN = 40;

  /** So many files are drawn from the same recorded changes. */
  private static final int LOSSES_OF_A_MOMENT = 5;

  private final long seed = Long.getLong("seed", new Random().nextLong());

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @Test
  void lottery() throws IOException {
    int wanted = Integer.getInteger("lotteries", 300);
    Random random = new Random(seed);
    int undone = 0;
    int missing = 0;
    int done = 0;
    for (int run = 0; done < wanted; run++) {
      PowerLoss power = new PowerLoss(directory.resolve("run-" + run), random.nextLong());
      try {
        for (int i = 0; i < LOSSES_OF_A_RUN && done < wanted; i++, done++) {
          if (i % LOSSES_OF_A_MOMENT == 0) {
            power.change(1 + random.nextInt(400));
            if (random.nextInt(3) > 0) {
              power.sync();
              power.change(1 + random.nextInt(150));
            }
          }
          power.lose(i % LOSSES_OF_A_MOMENT == LOSSES_OF_A_MOMENT - 1 && random.nextInt(3) > 0);
        }
      } finally {
        power.close();
      }
      undone += power.undone();
      missing += power.missing();
    }
    assertThat(undone).as("keys whose last changes were lost").isPositive();
    assertThat(missing).as("keys that had made way").isLessThan(undone);
  }

  /** Its entry in the table will be another tag's. */
  @Test
  void itemWhoseTagIsLost_isLost() throws IOException {
    Path live = directory.resolve("live");
    SegmentStore store = PowerLoss.open(live, new FakeTicker(), new Random(seed));
    byte[] synced;
    byte[] now;
    try {
      store.put(UTF_8.encode("plain"), UTF_8.encode("value"), PutOptions.DEFAULT);
      store.sync();
      synced = Files.readAllBytes(live.resolve("store"));
      PutOptions tagged = PutOptions.DEFAULT.withTags(List.of(UTF_8.encode("new")));
      store.put(UTF_8.encode("tagged"), UTF_8.encode("value"), tagged);
      now = Files.readAllBytes(live.resolve("store"));
    } finally {
      store.abandon();
    }
    StoreLayout layout = StoreLayout.ofFile(PowerLoss.GEOMETRY);
    int tags = Math.toIntExact(layout.tagsOffset());
    System.arraycopy(synced, tags, now, tags, layout.tagBuckets() * TagTable.BUCKET_BYTES);
    Path lost = directory.resolve("lost");
    PowerLoss.write(lost, PowerLoss.draw(List.of(now), new Random(seed)));
    SegmentStore recovered = PowerLoss.open(lost, new FakeTicker(), new Random(seed));
    try {
      assertThat(recovered.look(UTF_8.encode("plain"), _ -> {})).isTrue();
      assertThat(recovered.look(UTF_8.encode("tagged"), _ -> {})).isFalse();
      assertThat(recovered.opening().orElseThrow().dropped()).isEqualTo(1);
    } finally {
      recovered.abandon();
    }
  }

  @Test
  void damage() throws IOException {
    int wanted = Integer.getInteger("damages", 100);
    PowerLoss power = new PowerLoss(directory.resolve("damaged"), seed);
    try {
      for (int i = 0; i < wanted; i++) {
        if (i % 10 == 0) {
          power.change(300);
          power.sync();
          power.change(50);
        }
        power.damage(1 + i % 3);
      }
    } finally {
      power.close();
    }
  }
}
