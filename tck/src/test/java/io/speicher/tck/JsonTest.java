package io.speicher.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.speicher.tck.Json.MalformedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  // Reading

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-0", "0.10", "1E+2", "123456789012345678901234567890", "true"})
  void parse_keepsTheText(String text) throws MalformedException {
    assertThat(parse(text)).isEqualTo(new Json.Literal(text));
  }

  @Test
  void parse_keepsHalvesOfPairs() throws MalformedException {
    assertThat(parse("\"\\ud83dx\"")).isEqualTo(new Json.Text("\ud83dx"));
  }

  @Test
  void parse_deep() throws MalformedException {
    assertThat(parse("[".repeat(1_000) + "]".repeat(1_000))).isInstanceOf(Json.Array.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[1,]", "01", "'a'", "{} {}", "1 2", "nul", "\"\t\"", "\ufeff1"})
  void parse_notJson(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(MalformedException.class);
  }

  @Test
  void parse_tooDeep() {
    assertThatThrownBy(() -> parse("[".repeat(100_000))).isInstanceOf(MalformedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0 80", "ED A0 80", "F4 90 80 80", "FF", "C3"})
  void parse_notUtf8(String hex) {
    byte[] text = Template.parse("\"$(hex " + hex + ")\"").expand(new Template.Values("", 0));
    assertThatThrownBy(() -> Json.parse(text)).hasMessage("not UTF-8");
  }

  // Comparing

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\":2} | {\"b\":2,\"a\":1}",
        "{\"a\":1,\"a\":2} | {\"\\u0061\":1,\"a\":2}",
        "[1, 2 ] | [1,2]",
        "\"\\u00e9\" | \"é\"",
        "\"\\/\" | \"/\""
      })
  void difference_none(String expected, String seen) throws MalformedException {
    assertThat(difference(expected, seen)).isNull();
    assertThat(difference(seen, expected)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | 1.0 | value: expected 1, seen 1.0",
        "1 | \"1\" | value: expected 1, seen \"1\"",
        "null | \"null\" | value: expected null, seen \"null\"",
        "[1,[2]] | [1,[3]] | value[1][0]: expected 2, seen 3",
        "[1] | [1,2] | value: expected 1 elements, seen 2",
        "[] | {} | value: expected an array of 0, seen an object of 0",
        "{\"a\":{\"b\":1}} | {\"a\":{\"b\":2}} | value.\"a\".\"b\": expected 1, seen 2",
        "{\"a\":1} | {} | value.\"a\": expected, and is not there",
        "{} | {\"a\":1} | value: expected 0 members, seen 1",
        "{\"a\":1,\"a\":2} | {\"a\":2,\"a\":1} | value.\"a\": expected 1, seen 2",
        "\"\\ud83d\" | \"?\" | value: expected \"\\ud83d\", seen \"?\"",
        "\"é\" | \"e\\u0301\" | value: expected \"\\u00e9\", seen \"e\\u0301\""
      })
  void difference_found(String expected, String seen, String message) throws MalformedException {
    assertThat(difference(expected, seen)).isEqualTo(message);
  }

  @Test
  void difference_isBrief() throws MalformedException {
    String difference = difference("\"" + "x".repeat(1_000_000) + "\"", "1");
    assertThat(difference).hasSizeLessThan(200).contains("1,000,000 characters");
  }

  private static Json parse(String text) throws MalformedException {
    return Json.parse(text.getBytes(UTF_8));
  }

  private static @Nullable String difference(String expected, String seen)
      throws MalformedException {
    return Json.difference("value", parse(expected), parse(seen));
  }
}
