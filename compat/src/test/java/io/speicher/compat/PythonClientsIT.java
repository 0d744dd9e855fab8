package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.testing.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** redis-py and django-redis, as Debian has them: locks, counters, databases and caches. */
final class PythonClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of Debian's packages, which other Pythons do not see. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final Path SCRIPT = Path.of("src", "test", "python", "locks.py");

  @Test
  void locksAndDatabases(@TempDir Path folder) throws Exception {
    Program env = Program.find("env", "coreutils");
    List<String> imports = List.of(PYTHON, "-c", "import redis, django_redis");
    if (env.run(PATIENCE, folder, "", imports).exitCode() != 0) {
      throw new TestAbortedException("python3-redis and python3-django-redis are not installed");
    }
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      Program.Result result =
          env.run(
              PATIENCE,
              folder,
              "",
              List.of(
                  PYTHON, SCRIPT.toAbsolutePath().toString(), server.host(), "" + server.port()));
      assertThat(result.output()).endsWith("passed\n");
      assertThat(result.exitCode()).isZero();
    }
  }
}
