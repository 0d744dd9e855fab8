package io.speicher.compat.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Speicher and Debian's servers. Every build sends the same commands, since what nobody has come
 * upon yet is no reason to refuse a change: {@code -Dseed=} sends others, {@code -Dcommands=} more.
 */
final class DifferentialTest {
  private static final long MEMORY_BYTES = 256 << 20;

  private final long seed = Long.getLong("seed", 2_500);
  private final long commands = Long.getLong("commands", 50_000);

  @Test
  void redisAndSpeicherAnswerTheSame(@TempDir Path directory) throws Exception {
    try (ServerProcess redis = ServerProcess.redis(directory)) {
      compareWithSpeicher(new RespCommands(), redis);
    }
  }

  @Test
  void memcachedAndSpeicherAnswerTheSame() throws Exception {
    try (ServerProcess memcached = ServerProcess.memcached()) {
      compareWithSpeicher(new MemcachedCommands(), memcached);
    }
  }

  private void compareWithSpeicher(Dialect dialect, ServerProcess original) throws IOException {
    try (SpeicherServer speicher =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(MEMORY_BYTES, Ticker.system()))) {
      Differential differential =
          new Differential(dialect, original.address(), "127.0.0.1:" + speicher.port());
      assertThat(differential.run(seed, commands)).as("-Dseed=%d", seed).isEmpty();
      System.out.println(differential.summary());
    }
  }
}
