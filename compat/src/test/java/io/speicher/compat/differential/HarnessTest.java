package io.speicher.compat.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.OriginalServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself: it finds nothing between two equal servers. */
final class HarnessTest {
  private static final long COMMANDS = 10_000;

  private final long seed = Long.getLong("seed", 2_500);

  @Test
  void twoRedisServersAnswerTheSame(@TempDir Path folder) throws Exception {
    try (OriginalServer one = Originals.redis(folder);
        OriginalServer other = Originals.redis(folder)) {
      Differential differential =
          new Differential(new RespCommands(), one.hostAndPort(), other.hostAndPort());
      assertThat(differential.run(seed, COMMANDS)).as("-Dseed=%d", seed).isEmpty();
    }
  }

  @Test
  void twoMemcachedServersAnswerTheSame(@TempDir Path folder) throws Exception {
    try (OriginalServer one = Originals.memcached(folder);
        OriginalServer other = Originals.memcached(folder)) {
      Differential differential =
          new Differential(new MemcachedCommands(), one.hostAndPort(), other.hostAndPort());
      assertThat(differential.run(seed, COMMANDS)).as("-Dseed=%d", seed).isEmpty();
    }
  }
}
