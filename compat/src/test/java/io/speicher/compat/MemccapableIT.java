package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libmemcached's checks of a server: 27 of the text protocol, 27 of the binary one. */
final class MemccapableIT {
  @ParameterizedTest
  @ValueSource(strings = {"-a", "-b"})
  void allPass(String protocol, @TempDir Path folder) throws Exception {
    Program memccapable = Program.find("memccapable", "libmemcached-tools");
    try (ServerUnderTest server = ServerUnderTest.memcached()) {
      List<String> arguments =
          List.of(protocol, "-v", "-h", server.host(), "-p", "" + server.port());
      Program.Result result = memccapable.run(Duration.ofSeconds(60), folder, "", arguments);
      assertThat(result.output()).contains("All tests passed").doesNotContain("[FAIL]");
      assertThat(result.output().lines().filter(line -> line.endsWith("[pass]"))).hasSize(27);
      assertThat(result.exitCode()).isZero();
    }
  }
}
