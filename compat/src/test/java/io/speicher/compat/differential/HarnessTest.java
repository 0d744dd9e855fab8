package io.speicher.compat.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself: it finds nothing between two equal servers. */
final class HarnessTest {
  private static final long COMMANDS = 10_000;

  private final long seed = Long.getLong("seed", 2_500);

  @Test
  void twoRedisServersAnswerTheSame(@TempDir Path directory) throws Exception {
    try (ServerProcess one = ServerProcess.redis(directory);
        ServerProcess other = ServerProcess.redis(directory)) {
      Differential differential =
          new Differential(new RespCommands(), one.address(), other.address());
      assertThat(differential.run(seed, COMMANDS)).as("-Dseed=%d", seed).isEmpty();
    }
  }

  @Test
  void twoMemcachedServersAnswerTheSame() throws Exception {
    try (ServerProcess one = ServerProcess.memcached();
        ServerProcess other = ServerProcess.memcached()) {
      Differential differential =
          new Differential(new MemcachedCommands(), one.address(), other.address());
      assertThat(differential.run(seed, COMMANDS)).as("-Dseed=%d", seed).isEmpty();
    }
  }
}
