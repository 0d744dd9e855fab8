package io.speicher.compat;

import io.speicher.server.ServerSettings;
import io.speicher.testing.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ioredis, node-redis, redlock and memjs. */
final class NodeClientsIT {
  private static NodeScripts scripts;

  @TempDir Path folder;

  @BeforeAll
  static void install(@TempDir Path folder) throws Exception {
    scripts = NodeScripts.install(folder);
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
      scripts.assertPasses(
          "ioredis-secured.js", "" + server.port(), cert.toString(), "open sesame");
    }
  }

  @Test
  void nodeRedis() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      assertPasses("node-redis.js", server);
    }
  }

  @Test
  void redlock() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.resp()) {
      assertPasses("redlock.js", server);
    }
  }

  @Test
  void memjs() throws Exception {
    try (ServerUnderTest server = ServerUnderTest.memcached()) {
      assertPasses("memjs.js", server);
    }
  }

  private static void assertPasses(String script, ServerUnderTest server) throws Exception {
    scripts.assertPasses(script, server.host(), "" + server.port());
  }
}
