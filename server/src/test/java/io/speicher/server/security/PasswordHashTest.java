package io.speicher.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordHashTest {
  private static final int FEW = 2;

  @Test
  void matches() {
    PasswordHash hash = PasswordHash.of("sésame", FEW);
    assertThat(hash.matches("sésame")).isTrue();
    assertThat(hash.matches("sesame")).isFalse();
    assertThat(hash.matches("")).isFalse();
  }

  @Test
  void text() {
    PasswordHash hash = PasswordHash.of("sesame", FEW);
    assertThat(hash.toString()).startsWith("pbkdf2-sha256$2$").doesNotContain("sesame");
    assertThat(PasswordHash.parse(hash.toString()).matches("sesame")).isTrue();
    assertThat(PasswordHash.of("sesame", FEW)).doesNotHaveToString(hash.toString());
  }

  /** The vector that OpenSSL and Python agree on: the password is UTF-8, the salt 16 bytes. */
  @Test
  void parse_whatOthersHaveHashed() {
    assertThat(
            PasswordHash.parse(
                    "pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$Zihv+9XSLaIZ2mJzFzbiknydq/gfDvIxVtbn0Xk0Dsk")
                .matches("sésame"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sesame",
        "pbkdf2-sha256$0$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbkdf2-sha256$99999999$MDEyMzQ1Njc4OWFiY2RlZg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void parse_somethingElse(String text) {
    assertThatThrownBy(() -> PasswordHash.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no hash of a password");
  }
}
