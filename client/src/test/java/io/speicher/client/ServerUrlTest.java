package io.speicher.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "speicher://localhost,           localhost,   14567",
    "speicher://localhost/,          localhost,   14567",
    "speicher://cache_1.internal:80, cache_1.internal, 80",
    "speicher://127.0.0.1:65535,     127.0.0.1,   65535",
    "speicher://[::1],               ::1,         14567",
    "speicher://[fe80::1%eth0]:1/,   fe80::1%eth0, 1",
  })
  void ofUrl(String url, String host, int port) {
    assertThat(Address.ofUrl(url)).isEqualTo(new Address(host, port));
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
        "speicher://user@host",
        "speicher://host/path",
        "speicher://host?query",
        "speicher://two hosts",
        "speicher://::1:14567",
        "speicher://[::1",
      })
  void ofUrl_malformed(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.ofUrl(url))
        .withMessage("url=" + url + " (expected: speicher://host or speicher://host:port)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"speicher://host:0", "speicher://host:65536"})
  void ofUrl_portOutOfBounds(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Address.ofUrl(url))
        .withMessageEndingWith("(expected: 1..65535)");
  }

  @Test
  void string() {
    assertThat(new Address("localhost", 1)).hasToString("localhost:1");
    assertThat(new Address("::1", 14567)).hasToString("[::1]:14567");
  }
}
