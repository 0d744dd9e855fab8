package io.speicher.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        "[a-]|-|true",
        "[a-]|a|true",
        "[a-]|_|false",
        "[a-]]|a]|true",
        "[a-|-|true",
        "[-a]|-|true",
        "[-a]|_|false",
        "[^-a]|-|false",
        "[a-c-e]|-|true",
        "[a-c-e]|d|false",
        "[a-\\]]|]|true",
        "[a-\\]]|-|true",
        "[a-\\]]|b|false",
        "[\\a-c]|b|false",
        "[\\a-c]|-|true",
        "[]|a|false",
        "[^]|]|true",
        "[^|x|true",
        "[|x|false",
        "abc|ab|false",
        "ab|abc|false",
      })
  void matches(String pattern, String key, boolean expected) {
    assertThat(new Glob(bytes(pattern)).matches(bytes(key))).isEqualTo(expected);
  }

  /**
   * Of patterns that make it go back to a star again and again, two hundred in a fraction of a
   * second.
   */
  @ParameterizedTest
  @ValueSource(strings = {"*a", "a", "?", "[^b]", "*?", "*[a-z]"})
  void longPatternAndKey_takeNoTime(String part) {
    String before = part.startsWith("*") ? "" : "*";
    int count = (Glob.MAX_BYTES - 2) / part.length();
    Glob glob = new Glob(bytes(before + part.repeat(count) + "b"));
    ByteBuffer key = bytes("a".repeat(65_535));
    assertTimeoutPreemptively(
        Duration.ofSeconds(4),
        () -> {
          for (int i = 0; i < 200; i++) {
            assertThat(glob.matches(key)).isFalse();
          }
        });
  }

  @Test
  void longest() {
    assertThat(new Glob(bytes("?".repeat(1_024))).matches(bytes("k".repeat(1_024)))).isTrue();
    assertThatThrownBy(() -> new Glob(bytes("?".repeat(1_025))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pattern too long: bytes=1025 (expected: up to 1024)");
  }

  /** The same as trying everything, also around the lengths where another word begins. */
  @Test
  void random() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    int matches = 0;
    for (int i = 0; i < 20_000; i++) {
      String prefix = "a".repeat(random.nextInt(4) * 60 + random.nextInt(10));
      String pattern = prefix + text(random, List.of("a", "b", "*", "?", "[ab]", "[^a]", "\\a"), 8);
      String key = prefix + text(random, List.of("a", "b"), 8);
      boolean expected = Pattern.matches(regex(pattern), key);
      assertThat(new Glob(bytes(pattern)).matches(bytes(key)))
          .as("-Dseed=%d %s %s", seed, pattern, key)
          .isEqualTo(expected);
      matches += expected ? 1 : 0;
    }
    assertThat(matches).as("-Dseed=%d", seed).isBetween(1_000, 19_000);
  }

  private static String text(Random random, List<String> parts, int maxParts) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(maxParts + 1); left > 0; left--) {
      text.append(parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }

  private static String regex(String pattern) {
    return pattern.replace("\\a", "a").replace("*", ".*").replace("?", ".");
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
