package io.speicher.jcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.speicher.client.Ttl;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ManagerUriTest {
  @Test
  void server() {
    assertThat(ManagerUri.of(URI.create("speicher://cache:1/staging?ttl=10m&timeout=500ms")))
        .isEqualTo(
            new ManagerUri(
                "speicher://cache:1",
                "staging:",
                Ttl.of(Duration.ofMinutes(10)),
                Duration.ofMillis(500)));
    assertThat(ManagerUri.of(URI.create("speichers://user:p@cache/")))
        .isEqualTo(new ManagerUri("speichers://user:p@cache", "", null, null));
  }

  @Test
  void embedded() {
    assertThat(ManagerUri.of(URI.create("speicher:embedded?memory=1gb&ttl=1h")))
        .isEqualTo(
            new ManagerUri("speicher:embedded?memory=1gb", "", Ttl.of(Duration.ofHours(1)), null));
    assertThat(ManagerUri.of(URI.create("speicher:embedded/users")))
        .isEqualTo(new ManagerUri("speicher:embedded", "users:", null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:secret@cache",
        "speicher://user:secret@cache?ttl=10",
        "speicher://user:secret@cache?memory=1gb",
        "speicher:/cache"
      })
  void wrong(String uri) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManagerUri.of(URI.create(uri)))
        .withMessageContaining("(expected: speicher://host:port/namespace?ttl=10m")
        .withMessageNotContaining("secret");
  }
}
