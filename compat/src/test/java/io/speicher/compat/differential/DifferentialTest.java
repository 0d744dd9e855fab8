package io.speicher.compat.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.OriginalServer;
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
  void redisAndSpeicherAnswerTheSame(@TempDir Path folder) throws Exception {
    try (CapturedLog log = CapturedLog.ofServer();
        OriginalServer redis = Originals.redis(folder)) {
      compareWithSpeicher(new RespCommands(), redis);
      assertThat(log.lines()).allMatch(line -> line.startsWith("WARNING authentication failed"));
    }
  }

  @Test
  void memcachedAndSpeicherAnswerTheSame(@TempDir Path folder) throws Exception {
    try (OriginalServer memcached = Originals.memcached(folder)) {
      compareWithSpeicher(new MemcachedCommands(), memcached);
    }
  }

  private void compareWithSpeicher(Dialect dialect, OriginalServer original) throws IOException {
    try (SpeicherServer speicher =
        SpeicherServer.start(
            ServerSettings.DEFAULT.withPort(0), new SegmentStore(MEMORY_BYTES, Ticker.system()))) {
      Differential differential =
          new Differential(dialect, original.hostAndPort(), "127.0.0.1:" + speicher.port());
      assertThat(differential.run(seed, commands)).as("-Dseed=%d", seed).isEmpty();
    }
  }
}
