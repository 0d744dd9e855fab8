package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "*|a|true",
        "a*c|abbc|true",
        "a*c|abb|false",
        "a**|a|true",
        "*a*b*c|xaxbxbxc|true",
        "*a*b*c|xaxcxb|false",
        "h?llo|hello|true",
        "h?llo|hllo|false",
        "h[ae]llo|hallo|true",
        "h[ae]llo|hillo|false",
        "h[^e]llo|hallo|true",
        "h[^e]llo|hello|false",
        "h[a-c]llo|hbllo|true",
        "h[c-a]llo|hbllo|true",
        "h[a-c]llo|hdllo|false",
        "[a\\]]b|]b|true",
        "[abc|b|true",
        "[^abc|d|true",
        "[]a|a|false",
        "a\\*|a*|true",
        "a\\*|ab|false",
        "a\\|a\\|true",
        "[a-]|-|false",
        "[a-]|_|true",
        "abc|ab|false",
        "ab|abc|false",
      })
  void matches(String pattern, String key, boolean expected) {
    assertThat(new Glob(bytes(pattern)).matches(bytes(key))).isEqualTo(expected);
  }

  @Test
  void manyStars_takeNoTime() {
    Glob glob = new Glob(bytes("*a".repeat(1_000) + "b"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertThat(glob.matches(bytes("a".repeat(20_000)))).isFalse());
  }

  @Test
  void view_keepsItsPosition() {
    ByteBuffer key = bytes("xxkey").position(2);
    assertThat(new Glob(bytes("k?y")).matches(key)).isTrue();
    assertThat(key.position()).isEqualTo(2);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
