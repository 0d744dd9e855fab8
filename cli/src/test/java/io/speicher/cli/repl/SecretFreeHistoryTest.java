package io.speicher.cli.repl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretFreeHistoryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "AUTH secret",
        " auth alice secret",
        "\"AUTH\" secret",
        "acl setuser alice >secret",
        "HELLO 3 AUTH alice secret",
        "config set requirepass secret",
        "CONFIG SET maxmemory 1gb masterauth secret",
        "migrate host 6379 key 0 5000 auth2 alice secret",
        "auth \"sec",
        "acl setuser alice \">sec",
      })
  void secret(String line) {
    assertThat(SecretFreeHistory.isSecret(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "get auth",
        "acl list",
        "hello 3",
        "config get requirepas",
        "set key \"sec",
        "authors x"
      })
  void harmless(String line) {
    assertThat(SecretFreeHistory.isSecret(line)).isFalse();
  }
}
