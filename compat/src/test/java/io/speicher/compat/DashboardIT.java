package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.ServerSettings;
import io.speicher.server.security.PasswordHash;
import io.speicher.testing.Program;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard in a browser: Debian's Chromium, which playwright-core drives, and axe-core, which
 * looks for what keeps people from using it. Skipped where there is no Chromium or no Node.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class DashboardIT {
  private static final String USERS =
      """
      [user.default]
      nopass = true
      keys = ["~*"]
      groups = ["read"]

      [user.boss]
      passwords = ["HASH"]
      keys = ["~*"]
      groups = ["read", "write", "scan", "clear", "admin"]
      """
          .replace("HASH", PasswordHash.of("sesame").toString());

  /** Says that users change and what they do; kept here, since a logger may be forgotten. */
  private static final Logger SERVER = Logger.getLogger("io.speicher.server.security");

  private static NodeScripts scripts;

  @TempDir Path folder;

  @BeforeAll
  static void install(@TempDir Path folder) throws Exception {
    if (Program.named("chromium").isEmpty()) {
      throw NodeScripts.skipped("chromium is not installed (Debian package chromium)");
    }
    SERVER.setLevel(Level.SEVERE);
    scripts = NodeScripts.install(folder);
  }

  @Test
  void underLoad() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.speicher()) {
      scripts.assertPasses("dashboard.js", "" + server.port());
    }
  }

  @Test
  void rights() throws Exception {
    Path users = Files.writeString(folder.resolve("users.toml"), USERS);
    ServerSettings settings =
        ServerSettings.DEFAULT.withPort(0).with(ServerSettings.USERS, Optional.of(users));
    try (ServerUnderTest server = ServerUnderTest.speicher(settings)) {
      scripts.assertPasses("dashboard-rights.js", "" + server.port());
    }
  }

  @Test
  void cluster() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.speicher()) {
      scripts.assertPasses("dashboard-cluster.js", "" + server.port());
    }
  }

  @Test
  void restart() throws Exception {
    ServerUnderTest server = ServerUnderTest.speicher();
    ServerSettings again = ServerSettings.DEFAULT.withPort(server.port());
    Process script =
        new ProcessBuilder(scripts.command("dashboard-restart.js", "" + server.port()))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said = script.inputReader(UTF_8)) {
      assertThat(said.readLine()).isEqualTo("stop it");
      server.close();
      assertThat(said.readLine()).isEqualTo("start it");
      server = ServerUnderTest.speicher(again);
      assertThat(said.readLine()).isEqualTo("passed");
      assertThat(script.waitFor()).isZero();
    } finally {
      script.destroy();
      server.close();
    }
  }
}
