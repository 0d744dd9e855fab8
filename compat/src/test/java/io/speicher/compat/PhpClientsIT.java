package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * phpredis, PHP's sessions in it, and Laravel's cache where it is installed, as Debian has them.
 */
final class PhpClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCRIPT = Path.of("src", "test", "php", "clients.php");

  @Test
  void valuesSessionsAndLaravel(@TempDir Path folder) throws Exception {
    Program php = Program.find("php", "php-cli php-redis");
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      Program.Result result =
          php.run(
              PATIENCE,
              folder,
              "",
              List.of(SCRIPT.toAbsolutePath().toString(), server.host(), "" + server.port()));
      assertThat(result.output()).endsWith("passed\n");
      assertThat(result.exitCode()).isZero();
    }
  }
}
