package io.speicher.compat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.speicher.client.Speicher;
import io.speicher.client.SpeicherBuilder;
import io.speicher.client.exception.ConnectFailedException;
import io.speicher.client.exception.RefusedException;
import io.speicher.server.ServerSettings;
import io.speicher.server.SpeicherServer;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import io.speicher.testing.CapturedLog;
import io.speicher.testing.Program;
import io.speicher.testing.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionFactoryBuilder.Protocol;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.auth.AuthDescriptor;
import net.spy.memcached.auth.PlainCallbackHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Clients of servers that ask for a password; one of them speaks nothing but TLS on its port. */
@Timeout(180)
final class SecuredIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String USER = "default";
  private static final String PASSWORD = "open sesame";

  private static final CapturedLog WRONG_PASSWORDS = CapturedLog.ofServer();

  @TempDir private static Path shared;
  private static TestCertificate certificate;
  private static Path authority;
  private static Path socket;
  private static SpeicherServer encrypted;
  private static SpeicherServer plain;

  @TempDir private Path folder;

  @BeforeAll
  static void startServers() throws Exception {
    certificate = new TestCertificate(shared, "server");
    authority = Files.writeString(shared.resolve("cert.pem"), certificate.certificate());
    Path key = Files.writeString(shared.resolve("key.pem"), certificate.key());
    socket = shared.resolve("socket");
    ServerSettings settings =
        ServerSettings.DEFAULT.withPort(0).with(ServerSettings.PASSWORD, PASSWORD);
    plain = start(settings);
    encrypted =
        start(
            settings
                .with(ServerSettings.TLS_CERT, Optional.of(authority))
                .with(ServerSettings.TLS_KEY, Optional.of(key))
                .with(ServerSettings.TLS_ONLY, true)
                .with(ServerSettings.SOCKET, Optional.of(socket)));
  }

  private static SpeicherServer start(ServerSettings settings) throws Exception {
    return SpeicherServer.start(settings, new SegmentStore(64L << 20, Ticker.system()));
  }

  @AfterAll
  static void stopServers() {
    plain.close();
    encrypted.close();
    WRONG_PASSWORDS.close();
  }

  private String run(String program, String debianPackage, String input, String... arguments)
      throws Exception {
    return Program.find(program, debianPackage)
        .run(PATIENCE, folder, input, List.of(arguments))
        .output();
  }

  // ---- the Java client ----

  private static SpeicherBuilder client() {
    return Speicher.builder()
        .url("speichers://localhost:" + encrypted.port())
        .timeout(PATIENCE)
        .connectTimeout(PATIENCE);
  }

  @Test
  void javaClient() {
    try (Speicher client = client().tls(authority).login(USER, PASSWORD).build()) {
      String value = "v".repeat(1_000_000);
      client.set("java", value);
      assertThat(client.get("java")).isEqualTo(value);
    }
    try (Speicher client = Speicher.builder().socket(socket).login(USER, PASSWORD).build()) {
      assertThat(client.get("java")).hasSize(1_000_000);
    }
  }

  @Test
  void javaClient_unknownOrUntrusting() {
    try (Speicher client = client().tls(authority).build()) {
      assertThatThrownBy(() -> client.get("java"))
          .isInstanceOfSatisfying(
              RefusedException.class, e -> assertThat(e.statusCode()).isEqualTo(401));
    }
    assertThatThrownBy(() -> client().tls().build()).isInstanceOf(ConnectFailedException.class);
  }

  // ---- clients of Redis ----

  private String redisCli(String input, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--no-auth-warning"));
    arguments.addAll(List.of(options));
    return run("redis-cli", "redis-tools", input, arguments.toArray(String[]::new));
  }

  @Test
  void redisCli_overTls() throws Exception {
    String port = "" + encrypted.port();
    String[] tls = {"--tls", "--cacert", authority.toString(), "-h", "localhost", "-p", port};
    String[] withPassword = new String[tls.length + 2];
    System.arraycopy(tls, 0, withPassword, 0, tls.length);
    withPassword[tls.length] = "-a";
    withPassword[tls.length + 1] = PASSWORD;
    assertThat(redisCli("SET cli v\nGET cli\n", withPassword)).isEqualTo("OK\nv\n");
    assertThat(redisCli("GET cli\n", tls)).isEqualTo("NOAUTH Authentication required.\n\n");
    assertThat(redisCli("GET cli\n", "--tls", "-h", "localhost", "-p", port))
        .contains("certificate verify failed");
    assertThat(redisCli("GET cli\n", "-p", port)).contains("this port speaks nothing but TLS");
  }

  @Test
  void redisCli_overTheSocket() throws Exception {
    assertThat(redisCli("SET cli v\nGET cli\n", "-s", socket.toString(), "-a", PASSWORD))
        .isEqualTo("OK\nv\n");
    assertThat(redisCli("CLIENT LIST\n", "-s", socket.toString(), "-a", PASSWORD))
        .contains(" addr=" + socket + ":0 ");
  }

  @Test
  void jedis() {
    HostAndPort address = new HostAndPort("localhost", encrypted.port());
    SslOptions tls =
        SslOptions.builder()
            .trustStoreType("PKCS12")
            .truststore(certificate.store().toFile(), TestCertificate.PASSWORD.toCharArray())
            .sslVerifyMode(SslVerifyMode.FULL)
            .build();
    assertThat(ask(address, jedisConfig(tls).user(USER).password(PASSWORD))).isEqualTo("PONG");
    assertThatThrownBy(() -> ask(address, jedisConfig(tls)))
        .isInstanceOf(JedisDataException.class)
        .hasMessageStartingWith("NOAUTH");
    assertThatThrownBy(() -> ask(address, jedisConfig(tls).user(USER).password("wrong")))
        .isInstanceOf(JedisAccessControlException.class)
        .hasMessageStartingWith("WRONGPASS");
    assertThatThrownBy(() -> ask(address, jedisConfig(SslOptions.defaults())))
        .isInstanceOf(JedisConnectionException.class);
  }

  private static DefaultJedisClientConfig.Builder jedisConfig(SslOptions tls) {
    return DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP2).sslOptions(tls);
  }

  private static String ask(HostAndPort address, DefaultJedisClientConfig.Builder config) {
    try (Jedis jedis = new Jedis(address, config.build())) {
      return jedis.ping();
    }
  }

  @Test
  void lettuce() {
    RedisURI uri =
        RedisURI.builder()
            .withHost("localhost")
            .withPort(encrypted.port())
            .withSsl(true)
            .withTimeout(PATIENCE)
            .withAuthentication(USER, PASSWORD.toCharArray())
            .build();
    RedisClient client = RedisClient.create();
    try {
      client.setOptions(
          ClientOptions.builder()
              .sslOptions(
                  io.lettuce.core.SslOptions.builder().trustManager(authority.toFile()).build())
              .build());
      try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
        connection.sync().set("lettuce", "v");
        assertThat(connection.sync().get("lettuce")).isEqualTo("v");
        assertThatThrownBy(() -> connection.sync().auth("wrong"))
            .isInstanceOf(RedisCommandExecutionException.class)
            .hasMessageStartingWith("WRONGPASS");
      }
    } finally {
      client.shutdown(Duration.ZERO, PATIENCE);
    }
  }

  // ---- clients of memcached ----

  @Test
  void spymemcached_withSasl() throws Exception {
    MemcachedClient client = spymemcached(PASSWORD);
    try {
      assertThat(client.set("spy", 0, "v").get()).isTrue();
      assertThat(client.get("spy")).isEqualTo("v");
    } finally {
      client.shutdown();
    }
  }

  private static MemcachedClient spymemcached(String password) throws Exception {
    return new MemcachedClient(
        new ConnectionFactoryBuilder()
            .setProtocol(Protocol.BINARY)
            .setOpTimeout(PATIENCE.toMillis())
            .setAuthDescriptor(
                new AuthDescriptor(
                    new String[] {"PLAIN"}, new PlainCallbackHandler(USER, password)))
            .build(),
        List.of(plain.address()));
  }

  // ---- tools ----

  /** It offers HTTP/2, which nobody chooses. */
  @Test
  void openssl() throws Exception {
    assertThat(
            run(
                "openssl",
                "openssl",
                "AUTH \"" + PASSWORD + "\"\r\nPING\r\nQUIT\r\n",
                "s_client",
                "-quiet",
                "-verify_return_error",
                "-alpn",
                "h2,http/1.1",
                "-CAfile",
                authority.toString(),
                "-connect",
                "localhost:" + encrypted.port()))
        .endsWith("+OK\r\n+PONG\r\n+OK\r\n");
  }

  @Test
  void curl() throws Exception {
    assertThat(
            run(
                "curl",
                "curl",
                "",
                "--silent",
                "--output",
                folder.resolve("page").toString(),
                "--write-out",
                "%{http_version} %{ssl_verify_result}",
                "--cacert",
                authority.toString(),
                "https://localhost:" + encrypted.port() + "/health/live"))
        .isEqualTo("1.1 0");
    assertThat(Files.readString(folder.resolve("page"), UTF_8)).isEqualTo("live\n");
  }
}
