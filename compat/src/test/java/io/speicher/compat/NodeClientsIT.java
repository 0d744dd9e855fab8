package io.speicher.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.server.ServerSettings;
import io.speicher.testing.Program;
import io.speicher.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * ioredis, node-redis and memjs: the scripts in {@code src/test/node}, which end with {@code
 * passed}. npm installs the clients, below {@code target}. Where there is no Node that they run on,
 * or nothing to install from, the tests are skipped: not every Debian has one.
 */
final class NodeClientsIT {
  private static final int MIN_NODE = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCRIPTS = Path.of("src", "test", "node");
  private static final Path INSTALLED = Path.of("target", "node");

  private static Program node;

  @TempDir Path folder;

  @BeforeAll
  static void install(@TempDir Path folder) throws Exception {
    node = Program.named("node").orElseThrow(() -> skipped("node is not installed"));
    String version = node.run(PATIENCE, folder, "", List.of("--version")).output().strip();
    if (major(version) < MIN_NODE) {
      throw skipped("node is too old: version=" + version + " (expected: 20 or later)");
    }
    Program npm = Program.named("npm").orElseThrow(() -> skipped("npm is not installed"));
    copyScripts();
    List<String> arguments =
        List.of(
            "install",
            "--no-package-lock",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--prefix",
            INSTALLED.toAbsolutePath().toString());
    Program.Result result = npm.run(PATIENCE.multipliedBy(3), folder, "", arguments);
    if (result.exitCode() != 0) {
      throw skipped("npm could not install the clients: " + result.output());
    }
  }

  private static TestAbortedException skipped(String why) {
    return new TestAbortedException("the clients for Node are not tested: " + why);
  }

  /** Of v20.19.2 it is 20. */
  private static int major(String version) {
    return Integer.parseInt(version.substring(1, version.indexOf('.')));
  }

  private static void copyScripts() throws IOException {
    Files.createDirectories(INSTALLED);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.toList()) {
        Files.write(INSTALLED.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
  }

  @Test
  void ioredis() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      assertPasses("ioredis.js", server);
    }
  }

  @Test
  void ioredis_secured() throws Exception {
    TestCertificate certificate = new TestCertificate(folder, "server");
    Path cert = Files.writeString(folder.resolve("cert.pem"), certificate.certificate());
    Path key = Files.writeString(folder.resolve("key.pem"), certificate.key());
    ServerSettings settings =
        ServerSettings.DEFAULT
            .withPort(0)
            .with(ServerSettings.PASSWORD, "open sesame")
            .with(ServerSettings.TLS_CERT, Optional.of(cert))
            .with(ServerSettings.TLS_KEY, Optional.of(key))
            .with(ServerSettings.TLS_ONLY, true);
    try (ServerUnderTest server = ServerUnderTest.speicher(settings)) {
      assertPasses("ioredis-secured.js", "" + server.port(), cert.toString(), "open sesame");
    }
  }

  @Test
  void nodeRedis() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      assertPasses("node-redis.js", server);
    }
  }

  @Test
  void memjs() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.memcached()) {
      assertPasses("memjs.js", server);
    }
  }

  private void assertPasses(String script, ServerUnderTest server) throws Exception {
    assertPasses(script, server.host(), "" + server.port());
  }

  private void assertPasses(String script, String... scriptArguments) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add(INSTALLED.resolve(script).toAbsolutePath().toString());
    arguments.addAll(List.of(scriptArguments));
    Program.Result result = node.run(PATIENCE, folder, "", arguments);
    assertThat(result.output()).isEqualTo("passed\n");
    assertThat(result.exitCode()).isZero();
  }
}
