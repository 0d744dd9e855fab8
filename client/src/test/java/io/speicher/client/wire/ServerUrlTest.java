package io.speicher.client.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerUrlTest {
  private static final String EXPECTED =
      " (expected: speicher://host, speicher://host:port, speichers://... for TLS, or unix:/path)";

  @ParameterizedTest
  @CsvSource({
    "speicher://localhost,           localhost,   14567",
    "speicher://localhost/,          localhost,   14567",
    "speicher://cache_1.internal:80, cache_1.internal, 80",
    "speicher://127.0.0.1:65535,     127.0.0.1,   65535",
    "speicher://[::1],               ::1,         14567",
    "speicher://[fe80::1%eth0]:1/,   fe80::1%eth0, 1",
  })
  void plain(String url, String host, int port) {
    assertThat(ServerUrl.of(url))
        .isEqualTo(new ServerUrl(new Address.Port(host, port), false, null, 0));
  }

  @Test
  void tls() {
    assertThat(ServerUrl.of("speichers://cache"))
        .isEqualTo(new ServerUrl(new Address.Port("cache", 14567), true, null, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "unix:/run/speicher,   /run/speicher",
    "unix:///run/speicher, /run/speicher",
    "unix:here,            here",
  })
  void socketFile(String url, String path) {
    assertThat(ServerUrl.of(url))
        .isEqualTo(new ServerUrl(new Address.SocketFile(Path.of(path)), false, null, 0));
  }

  @ParameterizedTest
  @CsvSource({
    "speicher://alice:secret@cache,        alice, secret",
    "speichers://alice:secret@cache:14567, alice, secret",
    "speicher://al%3Aice:s%40c+r@cache,    al:ice, s@c+r",
    "speicher://alice:a@b:c@cache,         alice, a@b:c",
  })
  void login(String url, String user, String password) {
    ServerUrl said = ServerUrl.of(url);
    assertThat(said.login()).isEqualTo(new Login(user, password));
    assertThat(said.server()).isEqualTo(new Address.Port("cache", 14567));
    assertThat(said.toString()).doesNotContain(password);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "localhost:14567",
        "http://localhost",
        "speicher:localhost",
        "speicher://",
        "speicher://:14567",
        "speicher://host:",
        "speicher://host:port",
        "speicher://host:-1",
        "speicher://host:123456",
        "speicher://host/path",
        "speicher://host?query",
        "speicher://two hosts",
        "speicher://::1:14567",
        "speicher://[::1",
        "speicher://a,",
        "speicher://,a",
        "speicher://a,,b",
        "speicher://a, b",
        "speicher://a:1,b:",
        "speicher://a/,b",
        "unix:",
      })
  void malformed(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of(url))
        .withMessage("url=" + url + EXPECTED);
  }

  @Test
  void severalNodes() {
    ServerUrl said = ServerUrl.of("speichers://alice:se,cret@a:7001,b,[::1],[::2]:7002/");
    assertThat(said.servers())
        .containsExactly(
            new Address.Port("a", 7001),
            new Address.Port("b", 14567),
            new Address.Port("::1", 14567),
            new Address.Port("::2", 7002));
    assertThat(said.usesTls()).isTrue();
    assertThat(said.login()).isEqualTo(new Login("alice", "se,cret"));
    assertThatIllegalArgumentException()
        .isThrownBy(said::server)
        .withMessage("several servers: servers=4 (expected: 1; of a cluster, any node will do)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,b", ":1", "a:", "a:b", "::1", "[::1", "a b", "a:1:2"})
  void address_malformed(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.Port.of(text, 1))
        .withMessage("address=" + text + " (expected: host, host:port, or [IPv6 address]:port)");
  }

  @Test
  void malformed_withoutThePassword() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of("speicher://alice:secret@host/path"))
        .withMessage("url=speicher://host/path" + EXPECTED);
  }

  @Test
  void userWithoutPassword() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of("speicher://user@host"))
        .withMessageContaining("expected: speicher://user:password@host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"speicher://host:0", "speicher://host:65536"})
  void portOutOfBounds(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of(url))
        .withMessageEndingWith("(expected: 1..65535)");
  }

  // What clients of Redis know.

  @ParameterizedTest
  @CsvSource({
    "redis://cache,        cache, 6379,  false, 0",
    "redis://cache/,       cache, 6379,  false, 0",
    "rediss://cache:7/3,   cache, 7,     true,  3",
    "speicher://cache,     cache, 14567, false, 0",
    "speichers://cache/15, cache, 14567, true,  15",
  })
  void resp(String url, String host, int port, boolean usesTls, int database) {
    assertThat(ServerUrl.ofResp(url))
        .isEqualTo(new ServerUrl(new Address.Port(host, port), usesTls, null, database));
  }

  @Test
  void resp_login() {
    assertThat(ServerUrl.ofResp("redis://:secret@cache").login())
        .isEqualTo(new Login("default", "secret"));
    assertThat(ServerUrl.ofResp("redis://alice:secret@cache").login())
        .isEqualTo(new Login("alice", "secret"));
  }

  @Test
  void resp_socketFile() {
    assertThat(ServerUrl.ofResp("redis+unix:///run/redis"))
        .isEqualTo(ServerUrl.ofResp("unix:/run/redis"))
        .isEqualTo(new ServerUrl(new Address.SocketFile(Path.of("/run/redis")), false, null, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis://host", "rediss://host", "redis+unix:/path", "speicher://host/1"})
  void resp_elsewhere(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.of(url))
        .withMessage("url=" + url + EXPECTED);
  }

  @Test
  void resp_malformed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerUrl.ofResp("redis://:secret@host/x"))
        .withMessageStartingWith("url=redis://host/x (expected: speicher://host, ")
        .withMessageEndingWith("redis+unix:/path)");
  }

  @Test
  void address_string() {
    assertThat(new Address.Port("localhost", 1)).hasToString("localhost:1");
    assertThat(new Address.Port("::1", 14567)).hasToString("[::1]:14567");
    assertThat(new Address.SocketFile(Path.of("/run/speicher"))).hasToString("/run/speicher");
  }
}
